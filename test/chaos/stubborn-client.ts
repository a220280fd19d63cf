/** A client that repeats an unanswered request under one Idempotency-Key until it gets an answer. */
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { PortName } from '../../src/cmd/nova-config.ts';
import { type Answer, ask } from '../support/ask.ts';
import type { CloudClient } from '../support/cloud-client.ts';

/** Longer than any fault lasts. */
const GIVE_UP_MS = 180_000;
const PAUSE_MS = 250;
/** A version with every server field that the chaos checks. */
const VERSION = '2.90';

/** The final answer, and what came before it. */
export interface Told {
  readonly answer: Answer;
  /** Statuses and connection failures that were not final answers. */
  readonly before: readonly string[];
}

/** One user's client of all APIs of a cloud. */
export interface StubbornClient {
  readonly who: CloudClient;
  /** Retries until there is an answer: for the compute API, whose changes have a key, and for repeatable requests. */
  ask(service: PortName, method: string, path: string, body?: unknown, version?: string): Promise<Told>;
  /** Sends one request that cannot be repeated; undefined if its outcome is unknown. */
  askOnce(service: PortName, method: string, path: string, body?: unknown): Promise<Answer | undefined>;
  /** Requests without an answer yet. */
  readonly underWay: ReadonlySet<string>;
}

/** Creates the client; it rotates over the APIs, whose URLs are `url`. */
export function stubbornClient(who: CloudClient, url: (api: number, service: PortName) => string): StubbornClient {
  const underWay = new Set<string>();
  let turn = 0;
  const send = (service: PortName, method: string, path: string, body: unknown, key?: string, version?: string) => {
    turn += 1;
    const headers = {
      'x-auth-token': who.token,
      ...(service === 'compute' ? { 'openstack-api-version': `compute ${version ?? VERSION}` } : {}),
      ...(service === 'volume' && version !== undefined ? { 'openstack-api-version': `volume ${version}` } : {}),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(typeof body === 'string' ? { 'content-type': 'application/octet-stream' } : {}),
    };
    return ask(`${url(turn, service)}${path}`, method, body, headers);
  };
  const tracked = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const entry = `${what} ${systemIds.hex(2)}`;
    underWay.add(entry);
    try {
      return await work();
    } finally {
      underWay.delete(entry);
    }
  };
  return {
    who,
    underWay,
    ask: (service, method, path, body, version) =>
      tracked(`${method} ${path}`, async () => {
        const key = service === 'compute' && method !== 'GET' ? systemIds.uuid() : undefined;
        const before: string[] = [];
        const sinceMs = systemClock.monotonicMs();
        for (;;) {
          const answer = await send(service, method, path, body, key, version).catch((error: unknown) => wordsOf(error));
          if (typeof answer !== 'string' && !isNone(answer)) return { answer, before };
          before.push(typeof answer === 'string' ? answer : String(answer.status));
          if (systemClock.monotonicMs() - sinceMs > GIVE_UP_MS) {
            const last = typeof answer === 'string' ? answer : `${answer.status} ${JSON.stringify(answer.body)}`;
            throw new Error(`no answer to ${method} ${path} within ${GIVE_UP_MS / 1000} s, at last: ${last}`);
          }
          await systemClock.sleep(PAUSE_MS);
        }
      }),
    askOnce: (service, method, path, body) =>
      tracked(`${method} ${path}`, async () => {
        const answer = await send(service, method, path, body).catch(() => undefined);
        return answer && isNone(answer) ? undefined : answer;
      }),
  };
}

/** Whether an answer leaves the outcome open: a server error, or another attempt under the key in progress. */
const isNone = ({ status, headers }: Answer): boolean => status >= 500 || status === 429 || (status === 409 && headers.has('retry-after'));

const wordsOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
