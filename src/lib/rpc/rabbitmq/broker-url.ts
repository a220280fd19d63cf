/** The address of the broker: as passed to amqplib, and as shown in logs. */
import { MessagingUnavailable } from '../messaging-errors.ts';

/** The heartbeat interval; a dead peer is noticed within twice that time. */
const HEARTBEAT_SECONDS = 15;

/** Adds the heartbeat to the URL, unless it names one. */
export function connectUrl(url: string): string {
  const parsed = parse(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
  return parsed.href;
}

/** The URL without its password. */
export function maskedUrl(url: string): string {
  const parsed = parse(url);
  if (parsed.password) parsed.password = '***';
  parsed.search = '';
  return parsed.href;
}

function parse(url: string): URL {
  const parsed = URL.parse(url);
  // The message leaves out the URL: a URL that cannot be parsed cannot be masked.
  if (!parsed) throw MessagingUnavailable({ reason: 'its URL cannot be read' });
  return parsed;
}
