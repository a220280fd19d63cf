import { sql } from 'kysely';
import { type Breach, type Invariant, MAX_BREACHES } from '../invariant.ts';

/** Which devices a server gets is decided under the locks of its host; a machine may later lose one that a server has. */
export const devicesHaveOneServer: Invariant = {
  name: 'devices-have-one-server',
  sentence: 'A PCI device of a host belongs to one server at most, is still there, and each server has as many as its flavor asks for.',
  isSelfHealing: false,
  find: async (db) => {
    const rows = await db
      .selectFrom('placements')
      .innerJoin('compute_nodes', 'compute_nodes.host', 'placements.host')
      .innerJoin('servers', 'servers.id', 'placements.server_id')
      .select(['placements.host', 'server_id', 'role', 'servers.flavor', 'placements.devices as held', 'compute_nodes.devices as offered'])
      .where(sql<boolean>`(placements.devices IS NOT NULL OR jsonb_array_length(coalesce(servers.flavor -> 'devices', '[]')) > 0)`)
      .orderBy('placements.id')
      .execute();
    const held = rows.flatMap(({ host, server_id, held: devices, offered }) =>
      (devices ?? []).map(({ address }) => ({ host, server_id, address, isThere: (offered ?? []).some((one) => one.address === address) })),
    );
    const shared = [...Map.groupBy(held, ({ host, address }) => `${address} of host ${host}`)].filter(([, all]) => all.length > 1);
    const breaches: readonly Breach[] = [
      ...shared.map(([device, all]) => ({
        subject: all[0]?.host ?? '',
        what: `PCI device ${device} belongs to ${all.length} placements.`,
        evidence: { device, servers: all.map(({ server_id }) => server_id).join(', ') },
        repair: 'None from here: move one of the servers to another host.',
      })),
      ...held
        .filter(({ isThere }) => !isThere)
        .map(({ host, server_id, address }) => ({
          subject: server_id,
          what: `Server ${server_id} has PCI device ${address}, which host ${host} does not report.`,
          evidence: { host, address },
          repair: 'None from here: give the host its device back, or move the server.',
        })),
      ...rows.flatMap(({ server_id, role, flavor, held: devices }) => {
        const wanted = (flavor.devices ?? []).reduce((sum, { count }) => sum + count, 0);
        if (role !== 'current' || wanted === (devices ?? []).length) return [];
        return [
          {
            subject: server_id,
            what: `Server ${server_id} has ${devices?.length ?? 0} PCI devices, its flavor asks for ${wanted}.`,
            evidence: { wanted, has: devices?.length ?? 0 },
            repair: 'None from here: resize the server, or move it.',
          },
        ];
      }),
    ];
    return breaches.slice(0, MAX_BREACHES);
  },
};
