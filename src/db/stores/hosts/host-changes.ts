/** Hosts as the scheduler sees them. Only those that changed since the last read are read: of thousands, a few at a time. */
import { sql } from 'kysely';
import type { AggregateMetadata } from '../../../objects/aggregate.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { GuestPlacement } from '../../../objects/numa/guest-placement.ts';
import type { HostDevice } from '../../../objects/pci/host-device.ts';
import type { HostTopology } from '../../../objects/numa/host-topology.ts';
import type { Inventories } from '../../../objects/resources.ts';
import type { CellDb } from '../../sql/queries.ts';
import { inventoriesOf } from './inventories.ts';
import { zoneOf } from './zones.ts';

/** Everything that the scheduler knows of a host, except how long it has been silent. */
export interface HostRow {
  readonly host: HostName;
  readonly zone: string;
  readonly inventories: Inventories;
  readonly hypervisorType: string;
  readonly hypervisorVersion: number;
  readonly supportedInstances: readonly (readonly [string, string, string])[];
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** The name of its hypervisor. */
  readonly node: string;
  readonly hostIp: string;
  /** As the hypervisor reports it: architecture, model, features. */
  readonly cpuInfo: Readonly<Record<string, unknown>>;
  /** The optional abilities of its hypervisor. */
  readonly capabilities: readonly string[];
  /** Its nodes, where it reports them. */
  readonly topology: HostTopology | null;
  /** The servers that have nodes, CPUs or pages of it. */
  readonly placedGuests: readonly PlacedGuest[];
  /** Its PCI devices that guests may have for themselves, and those that servers have. */
  readonly devices: readonly HostDevice[];
  readonly heldDevices: readonly HeldDevices[];
  /** What it measured, by name. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Guests in a row that could not be made there. */
  readonly failedBuilds: number;
  /** Servers that are there, come or leave. */
  readonly servers: number;
  /** Those of them whose work keeps its disks busy. */
  readonly busyServers: number;
  readonly aggregates: readonly { readonly id: number; readonly metadata: AggregateMetadata }[];
}

/** A server with a place on the nodes of a host. */
export interface PlacedGuest {
  readonly serverId: string;
  readonly numa: GuestPlacement;
}

/** The devices of a server. */
interface HeldDevices {
  readonly serverId: string;
  readonly addresses: readonly string[];
}

/** How far a read got. */
export interface Horizon {
  /** The oldest transaction that it may have missed: the next read includes what this one and later ones write. */
  readonly transaction: string;
  /** When the database server was started: a restored or different server numbers its transactions differently. */
  readonly serverStart: string;
}

/** Before every transaction. */
export const NOTHING_SEEN = '0';

/** What one read found, as of one instant. */
export interface HostChanges {
  readonly horizon: Horizon;
  /** Hosts that changed, or may have. */
  readonly changed: readonly HostRow[];
  readonly removed: readonly HostName[];
  /** Seconds since the last heartbeat, by the database's clock; only hosts that have been silent for too long. */
  readonly silent: ReadonlyMap<string, number>;
}

/** Hosts that changed since a transaction, and hosts silent for too long, as of one instant: one statement, so one snapshot. */
export async function readHostChanges(db: CellDb, since: string, silentAfterSeconds: number): Promise<HostChanges> {
  const { rows } = await sql<Reading>`
    SELECT
      pg_snapshot_xmin(pg_current_snapshot())::text AS transaction,
      pg_postmaster_start_time()::text AS server_start,
      (
        SELECT json_agg(json_build_object('host', change.host, 'row', known.row))
        FROM host_changes AS change LEFT JOIN LATERAL (${hostRow}) AS known ON true
        WHERE change.changed_in >= ${since}::xid8
      ) AS changes,
      (
        SELECT json_object_agg(host, extract(epoch FROM now() - seen_at)::float8) FROM services
        WHERE "binary" = 'nova-compute' AND seen_at < now() - ${silentAfterSeconds}::float8 * interval '1 second'
      ) AS silent`.execute(db);
  const [reading] = rows;
  if (!reading) throw new Error('a SELECT without FROM has one row');
  const changes = reading.changes ?? [];
  return {
    horizon: { transaction: reading.transaction, serverStart: reading.server_start },
    changed: changes.flatMap(({ row }) => row ?? []),
    removed: changes.flatMap(({ host, row }) => (row ? [] : [host])),
    silent: new Map(Object.entries(reading.silent ?? {})),
  };
}

/**
 * Marks changes as made now whose transaction numbers this server has not reached: a database restored from a backup numbers from the
 * start. Otherwise every read would return them for a long time.
 */
export async function adoptRestoredChanges(db: CellDb): Promise<void> {
  await sql`
    UPDATE host_changes SET changed_in = pg_current_xact_id() WHERE changed_in >= pg_snapshot_xmax(pg_current_snapshot())`.execute(db);
}

interface Reading {
  readonly transaction: string;
  readonly server_start: string;
  readonly changes: readonly { readonly host: HostName; readonly row: HostRow | null }[] | null;
  readonly silent: Readonly<Record<string, number>> | null;
}

/** A host with its service. The limit keeps the planner from reading all hosts to find a few. */
const hostRow = sql`
  SELECT json_build_object(
    'host', node.host, 'zone', ${zoneOf('node.host', 'service.zone')},
    'inventories', ${inventoriesOf('node.host')},
    'hypervisorType', node.hypervisor_type, 'hypervisorVersion', node.hypervisor_version,
    'supportedInstances', node.supported_instances,
    'disabled', service.disabled, 'disabledReason', service.disabled_reason, 'forcedDown', service.forced_down,
    'node', node.node, 'hostIp', node.host_ip, 'cpuInfo', node.cpu_info, 'capabilities', coalesce(node.capabilities, '[]'),
    'topology', node.topology, 'placedGuests', CASE WHEN node.topology IS NULL THEN '[]' ELSE coalesce((
      SELECT json_agg(json_build_object('serverId', server_id, 'numa', numa) ORDER BY id)
      FROM placements WHERE placements.host = node.host AND numa IS NOT NULL
    ), '[]') END,
    'devices', coalesce(node.devices, '[]'), 'heldDevices', CASE WHEN node.devices IS NULL THEN '[]' ELSE coalesce((
      SELECT json_agg(json_build_object('serverId', server_id, 'addresses', jsonb_path_query_array(devices, '$[*].address')) ORDER BY id)
      FROM placements WHERE placements.host = node.host AND devices IS NOT NULL
    ), '[]') END,
    'metrics', node.metrics, 'failedBuilds', node.failed_builds, 'servers', there.servers, 'busyServers', there.busy,
    'aggregates', coalesce((
      SELECT json_agg(json_build_object('id', id, 'metadata', metadata) ORDER BY id)
      FROM aggregates JOIN aggregate_hosts ON aggregate_hosts.aggregate_id = id WHERE aggregate_hosts.host = node.host
    ), '[]')
  ) AS row
  FROM compute_nodes AS node JOIN services AS service ON service."binary" = 'nova-compute' AND service.host = node.host
  CROSS JOIN LATERAL (
    SELECT count(*)::int AS servers, count(*) FILTER (WHERE keeps_disks_busy(server.vm_state, server.task_state))::int AS busy
    FROM placements JOIN servers AS server ON server.id = placements.server_id WHERE placements.host = node.host
  ) AS there
  WHERE node.host = change.host LIMIT 1`;
