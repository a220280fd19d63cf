/** A client that wants to know: it repeats a request whose answer it did not get, under one Idempotency-Key, until it is told. */
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { PortName } from '../../src/cmd/nova-config.ts';
import { type Answer, ask } from '../support/ask.ts';
import type { CloudClient } from '../support/cloud-client.ts';

/** Longer than anything that is struck stays away. */
const GIVE_UP_MS = 180_000;
const PAUSE_MS = 250;
/** Has every field of servers that the chaos looks at. */
const VERSION = 'compute 2.90';

/** What a cloud said at last, and what came before that. */
export interface Told {
  readonly answer: Answer;
  /** The statuses, or failures of the connection, that were no answer. */
  readonly before: readonly string[];
}

/** One user's way to any of the APIs of a cloud. */
export interface StubbornClient {
  readonly who: CloudClient;
  /** Asks until there is an answer: safe for the compute API, whose changes bear a key, and for whatever bears being repeated. */
  ask(service: PortName, method: string, path: string, body?: unknown): Promise<Told>;
  /** Asks one time; undefined when nobody knows what became of it. For what cannot be repeated. */
  askOnce(service: PortName, method: string, path: string, body?: unknown): Promise<Answer | undefined>;
  /** What was asked and has no answer yet. */
  readonly underWay: ReadonlySet<string>;
}

/** The client; it goes from API to API, `url` being that of each. */
export function stubbornClient(who: CloudClient, url: (api: number, service: PortName) => string): StubbornClient {
  const underWay = new Set<string>();
  let turn = 0;
  const send = (service: PortName, method: string, path: string, body: unknown, key?: string) => {
    turn += 1;
    const headers = {
      'x-auth-token': who.token,
      ...(service === 'compute' ? { 'openstack-api-version': VERSION } : {}),
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
    ask: (service, method, path, body) =>
      tracked(`${method} ${path}`, async () => {
        const key = service === 'compute' && method !== 'GET' ? systemIds.uuid() : undefined;
        const before: string[] = [];
        const sinceMs = systemClock.monotonicMs();
        for (;;) {
          const answer = await send(service, method, path, body, key).catch((error: unknown) => wordsOf(error));
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

/** Says nothing of what became of the request: an error of the cloud's own, or that another try under the key is being worked on. */
const isNone = ({ status, headers }: Answer): boolean => status >= 500 || status === 429 || (status === 409 && headers.has('retry-after'));

const wordsOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
};
