// The health check of a service: runs its probes and says which ones fail and why.
import type { Clock } from '../clock/clock.ts';
import { within } from '../clock/within.ts';
import { messageOf } from '../errors/error-type.ts';
import type { HttpAnswer } from './exchange.ts';

/** The path of every server's health check. */
export const HEALTH = '/healthcheck';

/** A required dependency of a service; `check` rejects (or returns a reason) when it is unavailable. */
export interface Probe {
  readonly name: string;
  readonly check: () => Promise<string | undefined | void> | string | undefined | void;
}

/** The timeout of a probe; a dependency that misses it counts as unavailable. */
const PROBE_LIMIT_MS = 3_000;

/** Runs all probes in parallel. */
export async function checkHealth(probes: readonly Probe[], clock: Clock): Promise<HttpAnswer> {
  const reasons = (await Promise.all(probes.map((probe) => ask(probe, clock)))).filter((reason) => reason !== undefined);
  const healthy = reasons.length === 0;
  const told = reasons.map(withoutPlaces);
  return {
    status: healthy ? 200 : 503,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify({ status: healthy ? 'ok' : 'unavailable', reasons: told }),
  };
}

async function ask({ name, check }: Probe, clock: Clock): Promise<string | undefined> {
  try {
    const late = () => new Error(`no answer within ${PROBE_LIMIT_MS / 1000} seconds`);
    const reason = await within(clock, PROBE_LIMIT_MS, Promise.resolve(check()), late);
    return typeof reason === 'string' ? `${name}: ${reason}` : undefined;
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}

/** What tells where a dependency is: URLs, addresses, names with a port, paths. */
const PLACES = [
  /\b[a-z][\w+.-]*:\/\/\S+/gi,
  /(?<=ENOTFOUND |EAI_AGAIN )\S+/g,
  /\[?[\da-f]{0,4}(:[\da-f]{0,4}){2,}(\.[\d.]+)?\]?(:\d+)?/gi,
  /\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g,
  /\b[\w.-]+:\d{2,5}\b/g,
  /(?<=^|\s)\/\S+/g,
];

/** The health check needs no token: its reasons name no places. The log does. */
const withoutPlaces = (reason: string): string => PLACES.reduce((text, place) => text.replaceAll(place, '...'), reason);
