/** The address of the broker: what amqplib gets, and what a log may show of it. */
import { MessagingUnavailable } from '../messaging-errors.ts';

/** How often both sides prove that they live; a dead peer is noticed within twice that time. */
const HEARTBEAT_SECONDS = 15;

/** The URL with a heartbeat, unless it names one. */
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
  // Without the URL: what cannot be parsed cannot be masked either.
  if (!parsed) throw MessagingUnavailable({ reason: 'its URL cannot be read' });
  return parsed;
}
