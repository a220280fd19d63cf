/** Clients at work: each performs operations chosen by the seed, one after the other, until it is paused; started operations are counted. */
import type { Ids } from '../../src/lib/clock/ids.ts';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { messageOf } from '../../src/lib/errors/error-type.ts';
import { pick } from '../support/schema-samples.ts';
import { chanceFor, pickWeighted } from './chance.ts';
import { createOperations } from './create-operations.ts';
import { isDeleted, type Ledger, type PromisedServer } from './ledger.ts';
import { operationsFor } from './server-operations.ts';
import type { Session } from './session.ts';
import type { StubbornClient } from './stubborn-client.ts';
import type { TenantUser } from './tenants.ts';
import { thingOperations } from './thing-operations.ts';

export interface WorkloadOptions {
  readonly seed: number;
  readonly ledger: Ledger;
  readonly admin: StubbornClient;
  readonly clients: readonly { readonly client: StubbornClient; readonly user: TenantUser }[];
  /** Maximum number of servers of one client. */
  readonly mostServers: number;
  /** Names of excluded operations. */
  readonly without?: ReadonlySet<string>;
}

/** One period of work, between two rests. */
export interface Stretch {
  /** Resolves when this many operations have begun in this period. */
  begun(count: number): Promise<void>;
  /** Begins nothing more, and waits for requests in progress. */
  end(): Promise<void>;
  /** The requests in progress, in words. */
  underWay(): readonly string[];
}

/** How long a client waits for a server to come to rest before it does something else. */
const REST_MS = 4_000;
const LOOK_MS = 100;

/** Starts all clients; `number` makes each period different. */
export function work(options: WorkloadOptions, number: number): Stretch {
  const { clients } = options;
  let count = 0;
  const enough = new AbortController();
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const begin = (): void => {
    count += 1;
    for (const one of waiting) if (count >= one.count) one.resolve();
  };
  const toil = async (at: number): Promise<void> => {
    for (let step = 0; !enough.signal.aborted; step += 1) {
      const chance = chanceFor(options.seed, 'client', at, number, step);
      // A name shows where in the run it was made.
      const name = (what: string) => `${what}-${at}-${number}-${step}-${chance.hex(2)}`;
      await operate(options, at, { chance, name, begin });
    }
  };
  const all = Promise.all(clients.map((_, at) => toil(at)));
  // The error is reported to whoever ends the period.
  all.catch(() => {});
  return {
    begun: (wanted) => {
      if (count >= wanted) return Promise.resolve();
      const reached = new Promise<void>((resolve) => waiting.push({ count: wanted, resolve }));
      return Promise.race([reached, all.then(() => {})]);
    },
    end: async () => {
      enough.abort();
      await all;
    },
    underWay: () => clients.flatMap(({ client }) => [...client.underWay]),
  };
}

interface Step {
  readonly chance: Ids;
  readonly name: Session['name'];
  readonly begin: () => void;
}

async function operate(
  { ledger, admin, clients, mostServers, without }: WorkloadOptions,
  at: number,
  { chance, name, begin }: Step,
): Promise<void> {
  const mine = clients[at];
  if (!mine) return;
  const { client, user } = mine;
  const session: Session = { number: at, tenant: user.tenant, client, admin, ledger, chance, name };
  const servers = serversOf(ledger, at);
  const isWanted = (operation: { name: string }) => !(without?.has(operation.name) ?? false);
  const [creates, things] = [createOperations.filter(isWanted), thingOperations.filter(isWanted)];
  try {
    if (servers.length === 0 || (servers.length < mostServers && chance.below(4) === 0)) {
      begin();
      await pickWeighted(creates, chance).run(session);
      return;
    }
    if (things.length > 0 && chance.below(6) === 0) {
      begin();
      await pickWeighted(things, chance).run(session);
      return;
    }
    const server = pick(servers, chance);
    const operation = pickWeighted(operationsFor(server.stands, server.record.isLocked).filter(isWanted), chance);
    // Most clients wait for a server to be at rest; some do not.
    const barges = chance.below(4) === 0;
    if (!barges && !(await comesToRest(client, server))) return;
    begin();
    await operation.run(session, server);
  } catch (error) {
    ledger.surprises.push(messageOf(error));
  }
}

const serversOf = (ledger: Ledger, client: number): readonly PromisedServer[] =>
  [...ledger.servers.values()].filter((server) => server.client === client && !isDeleted(server));

async function comesToRest(client: StubbornClient, server: PromisedServer): Promise<boolean> {
  const untilMs = systemClock.monotonicMs() + REST_MS;
  for (;;) {
    const answer = await client.askOnce('compute', 'GET', `/v2.1/servers/${server.id}`);
    const seen = answer?.body?.server;
    if (seen !== undefined && seen['OS-EXT-STS:task_state'] === null && seen.status !== 'BUILD') return true;
    if (systemClock.monotonicMs() > untilMs) return false;
    await systemClock.sleep(LOOK_MS);
  }
}
