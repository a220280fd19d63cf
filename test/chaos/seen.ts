/** The state of everything that was promised, seen from outside: over the API, on the hypervisors, and in instance actions. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { VmState } from '../../src/objects/states.ts';
import { processesIn } from '../../src/virt/libvirt/private-host/network-namespace.ts';
import { hostLayout } from '../../src/virt/libvirt/private-host/layout.ts';
import type { ChaosCloud } from './chaos-cloud.ts';
import { isDeleted, type Ledger, type PromisedServer, type PromisedThing } from './ledger.ts';
import type { StubbornClient } from './stubborn-client.ts';
import { pathOf, serviceOf } from './thing-operations.ts';

/** A server at rest, as its project sees it. */
export interface SeenServer {
  readonly id: string;
  readonly name: string;
  readonly state: VmState;
  readonly task: string | null;
  readonly fault: string | null;
  readonly description: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly isLocked: boolean;
}

/** One entry of os-instance-actions, newest first in lists. */
export interface SeenAction {
  readonly action: string;
  readonly hasEnded: boolean;
  readonly hasFailed: boolean;
  /** The reasons in its steps. */
  readonly whys: readonly string[];
}

/** A guest on a hypervisor; a real one is visible only while it runs. */
export interface SeenGuest {
  readonly host: string;
  readonly power: 'running' | 'paused' | 'shutdown' | 'unknown';
}

/** Everything at one rest. */
export interface Seen {
  /** By id, in all projects of the clients. */
  readonly servers: ReadonlyMap<string, SeenServer>;
  readonly actions: ReadonlyMap<string, readonly SeenAction[]>;
  readonly guests: ReadonlyMap<string, readonly SeenGuest[]>;
  readonly things: ReadonlyMap<PromisedThing, Readonly<Record<string, unknown>> | undefined>;
}

/** Reads everything in the ledger; `clients` has one user of each tenant by name. */
export async function look(chaos: ChaosCloud, ledger: Ledger, clients: ReadonlyMap<string, StubbornClient>): Promise<Seen> {
  const [servers, actions, guests, things] = await Promise.all([
    seeServers(clients),
    eachOf([...ledger.servers.values()].filter(isWorthALook), async (server) => [server.id, await seeActions(clients, server)] as const),
    chaos.shape.guests === 'fake' ? seeFakeGuests(chaos) : seeRealGuests(chaos),
    eachOf(ledger.things.filter(isThingWorthALook), async (thing) => [thing, await seeThing(clients, thing)] as const),
  ]);
  return { servers, actions: new Map(actions), guests, things: new Map(things) };
}

/** Deleted servers are not read again: reading all of them after each fault would take ever longer. */
const seenGone = new WeakSet<object>();
export const forget = (gone: object): void => void seenGone.add(gone);
const isWorthALook = (server: PromisedServer): boolean => !isDeleted(server) || !seenGone.has(server);
const isThingWorthALook = (thing: PromisedThing): boolean => !seenGone.has(thing);

/** One after the other, so that reading does not overload the cloud. */
async function eachOf<T, R>(items: readonly T[], see: (item: T) => Promise<R>): Promise<readonly R[]> {
  const seen: R[] = [];
  for (const item of items) seen.push(await see(item));
  return seen;
}

async function seeServers(clients: ReadonlyMap<string, StubbornClient>): Promise<ReadonlyMap<string, SeenServer>> {
  const lists = await eachOf([...clients.values()], (client) => client.ask('compute', 'GET', '/v2.1/servers/detail?limit=1000'));
  // Seam: the shape of the API's body has its own tests.
  // oxlint-disable-next-line typescript/no-explicit-any
  const all: readonly any[] = lists.flatMap(({ answer }) => answer.body.servers);
  return new Map(
    all.map((server) => [
      server.id,
      {
        id: server.id,
        name: server.name,
        state: server['OS-EXT-STS:vm_state'],
        task: server['OS-EXT-STS:task_state'],
        fault: server.fault?.message ?? null,
        description: server.description,
        metadata: server.metadata,
        tags: server.tags,
        isLocked: server.locked,
      },
    ]),
  );
}

async function seeActions(clients: ReadonlyMap<string, StubbornClient>, { id, tenant }: PromisedServer): Promise<readonly SeenAction[]> {
  const client = clients.get(tenant);
  if (!client) return [];
  const path = `/v2.1/servers/${id}/os-instance-actions`;
  const { answer } = await client.ask('compute', 'GET', `${path}?limit=1000`);
  // oxlint-disable-next-line typescript/no-explicit-any
  const listed: readonly any[] = answer.body.instanceActions ?? [];
  return await Promise.all(
    listed.map(async (one) => ({
      action: one.action,
      hasEnded: one.updated_at !== null,
      hasFailed: one.message !== null,
      whys: one.message === null ? [] : await whysOf(client, `${path}/${one.request_id}`),
    })),
  );
}

/** The reasons in the steps of an action. */
async function whysOf(client: StubbornClient, path: string): Promise<readonly string[]> {
  const { answer } = await client.ask('compute', 'GET', path);
  // oxlint-disable-next-line typescript/no-explicit-any
  const events: readonly any[] = answer.body?.instanceAction?.events ?? [];
  return events.filter(({ result }) => result === 'Error').map(({ event, details }) => `${event}: ${details}`);
}

async function seeThing(clients: ReadonlyMap<string, StubbornClient>, thing: PromisedThing) {
  const client = clients.get(thing.tenant);
  const told = await client?.ask(serviceOf(thing), 'GET', pathOf(thing));
  if (told === undefined || told.answer.status === 404) return undefined;
  const { body } = told.answer;
  return body.port ?? body.security_group ?? body.keypair ?? body;
}

async function seeFakeGuests({ cloud }: ChaosCloud): Promise<ReadonlyMap<string, readonly SeenGuest[]>> {
  const found = new Map<string, SeenGuest[]>();
  const hosts = join(cloud.stateDir, 'hosts');
  for (const host of await readdir(hosts)) {
    const directory = join(hosts, host, 'fake-guests');
    for (const file of await readdir(directory).catch((): string[] => [])) {
      if (!file.endsWith('.json')) continue;
      const text = await readFile(join(directory, file), 'utf8').catch(() => undefined);
      // A host compares its guests at any time, and has just destroyed one that was not its own any more.
      if (text === undefined) continue;
      const { power } = JSON.parse(text);
      const id = file.slice(0, -'.json'.length);
      found.set(id, [...(found.get(id) ?? []), { host, power }]);
    }
  }
  return found;
}

/** A QEMU process has its server's id on the command line. */
async function seeRealGuests({ cloud }: ChaosCloud): Promise<ReadonlyMap<string, readonly SeenGuest[]>> {
  const found = new Map<string, SeenGuest[]>();
  const hosts = join(cloud.stateDir, 'hosts');
  for (const host of await readdir(hosts)) {
    for (const pid of await processesIn(hostLayout({ name: host, directory: join(hosts, host) }))) {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      const id = /qemu-system/.test(words[0] ?? '') ? words[words.indexOf('-uuid') + 1] : undefined;
      if (id !== undefined && words.includes('-uuid')) found.set(id, [...(found.get(id) ?? []), { host, power: 'unknown' }]);
    }
  }
  return found;
}
