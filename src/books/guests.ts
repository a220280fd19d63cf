/** Guests and servers: compares hypervisors with the books. Only guests of hosts that answered are checked. */
import { sql } from 'kysely';
import { type Invariant, MAX_BREACHES } from './invariant.ts';
import { MIN_IDLE } from './under-way.ts';

/** The ids of the servers that have a guest on a host; rejects if the host does not answer. */
export type AskHost = (host: string) => Promise<readonly string[]>;

/** The hosts' answers, taken before the books were read, and the hosts that did not answer. */
export interface GuestLists {
  readonly guests: ReadonlyMap<string, ReadonlySet<string>>;
  readonly silent: readonly string[];
}

/** Asks all hosts concurrently. */
export async function listGuests(hosts: readonly string[], ask: AskHost): Promise<GuestLists> {
  const guests = new Map<string, ReadonlySet<string>>();
  const silent: string[] = [];
  const one = async (host: string) => {
    try {
      guests.set(host, new Set(await ask(host)));
    } catch {
      silent.push(host);
    }
  };
  await Promise.all(hosts.map(one));
  return { guests, silent: silent.sort() };
}

interface Row {
  id: string;
  host: string | null;
  vm_state: string;
}

/**
 * The two invariants over guests. Books and hypervisors cannot be read at one instant, so hosts are asked before and after: a guest is made
 * after its placement and destroyed before the placement is released, so only what both answers agree on counts.
 */
export const guestInvariants = ({ guests }: GuestLists, ask: AskHost): readonly Invariant[] => [
  {
    name: 'guests-have-servers',
    sentence: 'A guest on a hypervisor belongs to a server with a placement on this host.',
    isSelfHealing: false,
    find: async (db) => {
      const rows = await readServers(db, [...new Set([...guests.values()].flatMap((ids) => [...ids]))]);
      const known = new Map(rows.map((row) => [row.id, row]));
      const suspects = [...guests].flatMap(([host, ids]) =>
        [...ids].filter((id) => !known.get(id)?.placed_on.includes(host)).map((id) => ({ host, id })),
      );
      const still = await askAgain(suspects, ask);
      return suspects
        .filter(({ host, id }) => still.get(host)?.has(id))
        .slice(0, MAX_BREACHES)
        .map(({ host, id }) => ({
          subject: `${id} on ${host}`,
          what: `Host ${host} has a guest of server ${id}, which is not placed there.`,
          evidence: { host, serverId: id, serverIsOn: known.get(id)?.host ?? null, isKnown: known.has(id) },
          repair: 'None from here: the host destroys it when it next reconciles its guests, or when its compute service starts.',
        }));
    },
  },
  {
    name: 'servers-have-guests',
    sentence: 'A server without a task whose state needs a guest has one on its host.',
    isSelfHealing: false,
    find: async (db) => {
      const rows = await readServersOn(db, [...guests.keys()]);
      const suspects = rows.flatMap(({ id, host, vm_state }) =>
        host !== null && guests.get(host)?.has(id) === false ? [{ id, host, vm_state }] : [],
      );
      const still = await askAgain(suspects, ask);
      return suspects
        .filter(({ host, id }) => still.get(host)?.has(id) === false)
        .slice(0, MAX_BREACHES)
        .map(({ host, id, vm_state }) => ({
          subject: id,
          what: `Server ${id} is ${vm_state} on ${host}, but the host has no guest of it.`,
          evidence: { host, vmState: vm_state },
          repair: 'None that keeps its disk: look at the host, or delete the server.',
        }));
    },
  },
];

const askAgain = async (suspects: readonly { readonly host: string }[], ask: AskHost) =>
  (await listGuests([...new Set(suspects.map(({ host }) => host))], ask)).guests;

type Db = Parameters<Invariant['find']>[0];

interface Whereabouts {
  id: string;
  host: string | null;
  placed_on: readonly string[];
}

async function readServers(db: Db, ids: readonly string[]): Promise<readonly Whereabouts[]> {
  const { rows } = await sql<Whereabouts>`
    SELECT id, host, host || ARRAY(SELECT placement.host FROM placements AS placement WHERE placement.server_id = servers.id) AS placed_on
    FROM servers WHERE id::text = ANY(${[...ids]}) AND vm_state <> 'deleted'`.execute(db);
  return rows;
}

async function readServersOn(db: Db, hosts: readonly string[]): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    SELECT id, host, vm_state FROM servers
    WHERE host = ANY(${[...hosts]}) AND workflow_id IS NULL AND updated_at < now() - ${MIN_IDLE}
      AND vm_state IN ('active', 'paused', 'suspended', 'stopped', 'rescued', 'resized')
    ORDER BY number`.execute(db);
  return rows;
}
