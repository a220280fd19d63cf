/** The statement by which a server takes what it wants of a host. */
import { sql } from 'kysely';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { PlacedDevice } from '../../../objects/pci/host-device.ts';
import { resourceClass } from '../../../objects/resources.ts';
import type { Tailored } from './tailored-demand.ts';

/** Whether the server in a row boots from a volume; `rootVolumeOf` is the same for records. */
export const isVolumeBackedRow = sql<boolean>`volumes @> '[{"bootIndex": 0}]'`;

/** What a server in a row that is not tailored takes of its host, as rows. A test compares it with `demandOf`. */
export const demandOfRow = sql`
  SELECT * FROM (VALUES
    (${sql.lit(resourceClass.vcpu)}, (flavor ->> 'vcpus')::int),
    (${sql.lit(resourceClass.memoryMb)}, (flavor ->> 'ramMb')::int),
    (${sql.lit(resourceClass.diskGb)},
      CASE WHEN ${isVolumeBackedRow} THEN 0 ELSE (flavor ->> 'rootGb')::int END + (flavor ->> 'ephemeralGb')::int + ceil((flavor ->> 'swapMb')::int / 1024.0)::int)
  ) AS demand (resource_class, amount) WHERE amount > 0`;

/** A claim for a server on a host. */
export interface Claim {
  readonly serverId: ServerId;
  readonly host: HostName;
}

/**
 * Whether the host has what is `wanted` in all classes, by the inventories in `offered`, which are locked. Devices that were chosen are free,
 * whatever the sums say: others of their class may be held by servers and gone from the host.
 */
export const hasRoom = (chosen: readonly PlacedDevice[] | null) => sql`NOT EXISTS (
        SELECT FROM wanted LEFT JOIN offered USING (resource_class)
        WHERE CASE WHEN resource_class = ANY(${(chosen ?? []).map((device) => device.resourceClass)}::text[]) THEN total IS NULL
          ELSE (used + amount <= (total - reserved) * allocation_ratio) IS NOT TRUE END)`;

/** Takes what is `wanted` of the host for the placement in `made`, if there is a row in `fitting`. */
export const taking = (host: HostName) => sql`
    counted AS (
      UPDATE inventories AS inventory SET used = inventory.used + wanted.amount FROM wanted CROSS JOIN fitting
      WHERE inventory.host = ${host} AND inventory.resource_class = wanted.resource_class
    ),
    allocated AS (
      INSERT INTO allocations (placement_id, resource_class, amount) SELECT made.id, resource_class, amount FROM made CROSS JOIN wanted
    )`;

/** A value of a placement, in a statement. */
export const jsonOf = (value: object | null) => sql`${value && JSON.stringify(value)}::jsonb`;

/**
 * The part of a statement that claims what the row of `server` wants; `got` then has the host, whether claimed now or before. Inventories
 * are locked before they are compared: a claim that waited for another one sees what that left, in all classes.
 */
export const claiming = ({ serverId, host }: Claim, { demand = demandOfRow, numa = null, devices = null }: Partial<Tailored> = {}) => sql`
    wanted AS (SELECT demand.* FROM server CROSS JOIN LATERAL (${demand}) AS demand),
    held AS (
      SELECT host FROM placements WHERE server_id = ${serverId} AND host = ${host} AND role = 'current' AND EXISTS (SELECT FROM server)
    ),
    unplaced AS (
      SELECT id FROM server
      WHERE NOT (SELECT is_barred FROM barring) AND EXISTS (SELECT FROM compute_nodes WHERE host = ${host})
        AND NOT EXISTS (SELECT FROM placements WHERE server_id = ${serverId} AND (role = 'current' OR host = ${host}))
    ),
    offered AS (
      SELECT inventory.* FROM inventories AS inventory
      WHERE host = ${host} AND EXISTS (SELECT FROM unplaced) AND resource_class IN (SELECT resource_class FROM wanted)
      ORDER BY resource_class FOR NO KEY UPDATE OF inventory
    ),
    fitting AS (
      SELECT id FROM unplaced WHERE ${hasRoom(devices)}
    ),
    made AS (
      INSERT INTO placements (server_id, host, role, numa, devices)
      SELECT id, ${host}, 'current', ${jsonOf(numa)}, ${jsonOf(devices)} FROM fitting RETURNING id, host
    ),
    ${taking(host)},
    got AS (SELECT host FROM held UNION ALL SELECT host FROM made)`;
