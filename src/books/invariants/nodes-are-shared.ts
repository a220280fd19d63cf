import { freeNodes } from '../../objects/numa/free-node.ts';
import { type GuestPlacement, heldBy } from '../../objects/numa/guest-placement.ts';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';

interface Placed {
  readonly server_id: string;
  readonly numa: GuestPlacement;
}

/** Which CPUs and pages a server gets is decided under the locks of its host; an operator may later take some away from guests. */
export const nodesAreShared: Invariant = {
  name: 'nodes-are-shared',
  sentence: 'No two servers have the same dedicated CPU of a host, and servers have no more pages of a size than a node has.',
  isSelfHealing: false,
  find: async (db) => {
    const rows = await db
      .selectFrom('placements')
      .innerJoin('compute_nodes', 'compute_nodes.host', 'placements.host')
      .select(['placements.host', 'server_id', 'numa', 'topology'])
      .where('numa', 'is not', null)
      .orderBy('placements.id')
      .execute();
    const byHost = Map.groupBy(rows, ({ host }) => host);
    return [...byHost]
      .flatMap(([host, all]) => {
        const placed = all.flatMap(({ server_id, numa }) => (numa ? [{ server_id, numa }] : []));
        return [...sharedCpus(host, placed), ...missingPages(host, all[0]?.topology ?? [], placed)];
      })
      .slice(0, MAX_BREACHES);
  },
};

/** A server that changes its size has CPUs for both until that is confirmed, and they differ, too. */
function sharedCpus(host: string, placed: readonly Placed[]): readonly Breach[] {
  const holders = Map.groupBy(
    placed.flatMap(({ server_id, numa }) => heldBy(numa).map((cpu) => ({ cpu, server_id }))),
    ({ cpu }) => cpu,
  );
  return [...holders]
    .filter(([, all]) => all.length > 1)
    .map(([cpu, all]) => ({
      subject: host,
      what: `CPU ${cpu} of host ${host} is dedicated to ${all.length} placements.`,
      evidence: { cpu, servers: all.map(({ server_id }) => server_id).join(', ') },
      repair: 'None from here: move one of the servers to another host.',
    }));
}

function missingPages(host: string, topology: Parameters<typeof freeNodes>[0], placed: readonly Placed[]): readonly Breach[] {
  const guests = placed.map(({ numa }) => numa);
  return freeNodes(topology, guests).flatMap(({ node, freePages }) =>
    [...freePages]
      .filter(([, free]) => free < 0)
      .map(([sizeKib, free]) => ({
        subject: host,
        what: `Servers have ${-free} pages of ${sizeKib} KiB more than node ${node.id} of host ${host} has.`,
        evidence: { node: node.id, sizeKib, missing: -free },
        repair: 'None from here: give the host more pages, or move a server to another one.',
      })),
  );
}
