// Whether a service can serve: asks each of its probes, and says which ones cannot and why.
import type { Clock } from '../clock/clock.ts';
import { within } from '../clock/within.ts';
import { messageOf } from '../errors/error-type.ts';
import type { HttpAnswer } from './exchange.ts';

/** One thing that a service cannot do without; `check` rejects (or returns a reason) when it is not there. */
export interface Probe {
  readonly name: string;
  readonly check: () => Promise<string | undefined | void> | string | undefined | void;
}

/** What does not answer a probe in this time is as good as not there. */
const PROBE_LIMIT_MS = 3_000;

/** Asks all probes at once. */
export async function checkHealth(probes: readonly Probe[], clock: Clock): Promise<HttpAnswer> {
  const reasons = (await Promise.all(probes.map((probe) => ask(probe, clock)))).filter((reason) => reason !== undefined);
  const healthy = reasons.length === 0;
  return {
    status: healthy ? 200 : 503,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify({ status: healthy ? 'ok' : 'unavailable', reasons }),
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
