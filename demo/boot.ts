import { Type as t } from '@sinclair/typebox';
import type { Clock } from '../src/lib/clock/clock.ts';
import { demoFailed } from './demo-failed.ts';
import { ask, askFor, readAs, Refused } from './rest.ts';
import type { Session } from './session.ts';
import { seconds, type Stage, until } from './stage.ts';

/** What the demo boots: names that every new cloud knows. */
export const order = { name: 'demo', image: 'tiny', flavor: 'm1.nano', network: 'private' } as const;

/** Building under software emulation on a busy machine. */
const ACTIVE_LIMIT_MS = 180_000;
const GONE_LIMIT_MS = 60_000;
/** Often enough to see most states that a server passes through. */
const POLL_MS = 100;

/** The demo's server, and the request that made it. */
export interface Booting {
  readonly serverUrl: string;
  readonly requestId: string;
  /** When it was asked for, on the clock's monotonic scale. */
  readonly askedMs: number;
}

const named = t.Object({ id: t.String(), name: t.String() });

/** Asks for a server by the ids of the names in the order. */
export async function createServer(session: Session, { clock, signal, screen }: Stage): Promise<Booting> {
  const { token } = session;
  const idOf = async (kind: 'images' | 'flavors' | 'networks', url: string, name: string): Promise<string> => {
    const list = await askFor(t.Object({ [kind]: t.Array(named) }), { method: 'GET', url, token, signal });
    const found = list[kind]?.find((one) => one.name === name);
    if (!found) throw demoFailed(`The cloud has no ${kind.slice(0, -1)} ${name}.`);
    return found.id;
  };
  const compute = session.urlOf('compute');
  const imageRef = await idOf('images', `${session.urlOf('image')}/v2/images`, order.image);
  const flavorRef = await idOf('flavors', `${compute}/flavors`, order.flavor);
  const network = await idOf('networks', `${session.urlOf('network')}/v2.0/networks`, order.network);
  const body = { server: { name: order.name, imageRef, flavorRef, networks: [{ uuid: network }] } };
  const question = { method: 'POST', url: `${compute}/servers`, token, body, signal } as const;
  const askedMs = clock.monotonicMs();
  const { text, requestId } = await ask(question);
  const { server } = readAs(t.Object({ server: t.Object({ id: t.String() }) }), question, text);
  screen.say(`POST ${question.url}  ->  server ${server.id}`);
  return { serverUrl: `${compute}/servers/${server.id}`, requestId, askedMs };
}

const shown = t.Object({
  server: t.Object({
    status: t.String(),
    'OS-EXT-STS:task_state': t.Union([t.String(), t.Null()]),
    addresses: t.Record(t.String(), t.Array(t.Object({ addr: t.String() }))),
    fault: t.Optional(t.Object({ message: t.String() })),
  }),
});

/** Watches the server until it is ACTIVE, showing each state on the way; answers its addresses. */
export async function untilActive(booting: Booting, { token }: Session, stage: Stage): Promise<readonly string[]> {
  let before = '';
  const { signal, screen, clock } = stage;
  return until({ what: 'The server was not ACTIVE', limitMs: ACTIVE_LIMIT_MS, everyMs: POLL_MS }, stage, async () => {
    const { server } = await askFor(shown, { method: 'GET', url: booting.serverUrl, token, signal });
    const state = `${server.status.padEnd(7)} ${server['OS-EXT-STS:task_state'] ?? ''}`.trimEnd();
    const at = sinceAsked(booting, clock);
    if (state !== before) screen.say(`${at}  ${state}`);
    else screen.progress(`${at}  ${state}`);
    before = state;
    if (server.status === 'ERROR') throw demoFailed(`The server went into ERROR: ${server.fault?.message ?? 'it has no fault'}`);
    return server.status === 'ACTIVE' ? Object.values(server.addresses).flatMap((of) => of.map(({ addr }) => addr)) : undefined;
  });
}

/** How long ago the server was asked for: `+1.2 s`. */
export const sinceAsked = ({ askedMs }: Booting, clock: Clock): string => `+${seconds(clock.monotonicMs() - askedMs)}`.padStart(8);

/** Deletes the server and waits until it is gone; it may be gone already. */
export async function deleteServer({ serverUrl }: Booting, { token }: Session, stage: Stage): Promise<void> {
  const { signal } = stage;
  const isGone = (method: 'GET' | 'DELETE') =>
    ask({ method, url: serverUrl, token, signal }).then(
      () => undefined,
      (error: unknown) => {
        if (Refused.is(error) && error.params.status === 404) return true;
        throw error;
      },
    );
  await isGone('DELETE');
  await until({ what: 'The deleted server was not gone', limitMs: GONE_LIMIT_MS, everyMs: POLL_MS }, stage, () => isGone('GET'));
}
