// Whether a service can serve: asks each of its probes, and says which ones cannot and why.
import { messageOf } from '../errors/error-type.ts';
import type { HttpAnswer } from './exchange.ts';

/** One thing that a service cannot do without; `check` rejects (or returns a reason) when it is not there. */
export interface Probe {
  readonly name: string;
  readonly check: () => Promise<string | undefined | void> | string | undefined | void;
}

/** Asks all probes at once. */
export async function checkHealth(probes: readonly Probe[]): Promise<HttpAnswer> {
  const reasons = (await Promise.all(probes.map(ask))).filter((reason) => reason !== undefined);
  const healthy = reasons.length === 0;
  return {
    status: healthy ? 200 : 503,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify({ status: healthy ? 'ok' : 'unavailable', reasons }),
  };
}

async function ask({ name, check }: Probe): Promise<string | undefined> {
  try {
    const reason = await check();
    return typeof reason === 'string' ? `${name}: ${reason}` : undefined;
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}
