import { type Selectable, sql } from 'kysely';
import { serviceCreate, serviceSnapshot } from '../../../events/compute.ts';
import type { ServicesTable } from '../../schema/hosts.ts';
import { batched } from '../../sql/batch-queries.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import { rowSnapshot } from '../../sql/row-snapshot.ts';
import { zoneOf } from './zones.ts';

/** One service: by its id, its number, or its binary and host. */
export type ServiceKey = { readonly id: string } | { readonly number: number } | { readonly binary: string; readonly host: string };

/** A service in the service group. */
export interface ServiceRow {
  readonly id: string;
  readonly number: number;
  readonly binary: string;
  readonly host: string;
  readonly zone: string;
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Seconds since its last heartbeat, by the database's clock. */
  readonly silentSeconds: number;
  readonly seenAt: Date;
}

/** What a service's row does not say by itself. */
const derived = [
  sql<number>`extract(epoch FROM now() - seen_at)::float8`.as('silent_seconds'),
  zoneOf('services.host', 'services.zone').as('zone_now'),
] as const;

type Row = Selectable<ServicesTable> & { silent_seconds: number; zone_now: string };

const toService = (row: Row): ServiceRow => ({
  id: row.id,
  number: row.number,
  binary: row.binary,
  host: row.host,
  zone: row.zone_now,
  disabled: row.disabled,
  disabledReason: row.disabled_reason,
  forcedDown: row.forced_down,
  silentSeconds: row.silent_seconds,
  seenAt: row.seen_at,
});

/** What a known service is told at its heartbeat. */
interface Beaten {
  readonly binary: string;
  readonly host: string;
  readonly silentSeconds: number;
  /** It had been forced down, and is no longer. */
  readonly wasForcedDown: boolean;
}

/**
 * Saves heartbeats in one statement; the first one registers a service. Known services are updated, because an insert that conflicts
 * would use up a number of the sequence at every heartbeat. Returns how long each had been silent, and whether it had been forced down.
 */
export async function beat(
  db: CellDb,
  services: readonly { id: string; binary: string; host: string; zone: string }[],
): Promise<readonly Beaten[]> {
  const { rows } = await sql<Beaten>`
    WITH alive AS (SELECT * FROM jsonb_populate_recordset(NULL::services, ${JSON.stringify(services)}::jsonb)),
    before AS (
      SELECT "binary", host, extract(epoch FROM now() - services.seen_at)::float8 AS "silentSeconds",
        services.was_forced_down AND NOT services.forced_down AS "wasForcedDown"
      FROM services JOIN alive USING ("binary", host)
    ),
    known AS (
      UPDATE services AS service SET seen_at = now(), was_forced_down = service.forced_down FROM alive WHERE service."binary" = alive."binary" AND service.host = alive.host
      RETURNING service."binary", service.host
    ),
    registered AS (
      INSERT INTO services (id, "binary", host, zone)
      SELECT id, "binary", host, zone FROM alive WHERE ("binary", host) NOT IN (SELECT "binary", host FROM known)
      ON CONFLICT ("binary", host) DO UPDATE SET seen_at = now()
      RETURNING *, xmax = 0 AS is_new
    ),
    told AS (
      INSERT INTO events (type, subject, request_id, payload)
      SELECT ${sql.lit(serviceCreate.type)}, id::text, 'service-start', ${rowSnapshot(serviceSnapshot, 'registered')} FROM registered WHERE is_new
    )
    SELECT * FROM before`.execute(db);
  return rows;
}

export async function listServices(db: CellDb): Promise<readonly ServiceRow[]> {
  const rows = await db.selectFrom('services').selectAll().select(derived).orderBy('number').execute();
  return rows.map(toService);
}

export async function findService(db: CellDb, key: ServiceKey): Promise<ServiceRow | undefined> {
  const all = db.selectFrom('services').selectAll().select(derived);
  const wanted =
    'id' in key
      ? all.where('id', '=', key.id)
      : 'number' in key
        ? all.where('number', '=', key.number)
        : all.where('binary', '=', key.binary).where('host', '=', key.host);
  const row = await wanted.executeTakeFirst();
  return row && toService(row);
}

/** The compute service of a host. */
export const computeServiceOn = batched(
  String,
  async (db: CellDb, hosts: readonly string[]): Promise<readonly (ServiceRow | undefined)[]> => {
    const rows = await db
      .selectFrom('services')
      .selectAll()
      .select(derived)
      .where('binary', '=', 'nova-compute')
      .where('host', '=', sql<string>`any(${[...hosts]})`)
      .execute();
    const found = new Map(rows.map((row) => [row.host, toService(row)]));
    return hosts.map((host) => found.get(host));
  },
);

/** What operators can change about a service; omitted fields stay. */
export interface ServiceChanges {
  readonly disabled?: boolean;
  readonly disabledReason?: string | null;
  readonly forcedDown?: boolean;
}

/** @returns undefined when there is no such service */
export async function changeService(db: CellDb, id: string, changes: ServiceChanges): Promise<ServiceRow | undefined> {
  const row = await db
    .updateTable('services')
    .set({
      ...(changes.disabled === undefined ? {} : { disabled: changes.disabled }),
      ...(changes.disabledReason === undefined ? {} : { disabled_reason: changes.disabledReason }),
      ...(changes.forcedDown === undefined ? {} : { forced_down: changes.forcedDown }),
      ...(changes.forcedDown ? { was_forced_down: true } : {}),
      updated_at: sql`now()`,
    })
    .where('id', '=', id)
    .returningAll()
    .returning(derived)
    .executeTakeFirst();
  return row && toService(row);
}

/**
 * Deletes a service. A compute service is deleted with its host's records, and only if no server is on the host, moves to it or leaves it.
 * @returns `in use` when one does
 */
export async function deleteService(trx: InCell, { id, host, binary }: ServiceRow): Promise<'done' | 'in use'> {
  if (binary === 'nova-compute' && (await deleteNode(trx, host)) === 'in use') return 'in use';
  await trx.deleteFrom('services').where('id', '=', id).execute();
  return 'done';
}

/** Deletes a host's hypervisor with its inventories, unless a server is on the host, moves to it or leaves it; a no-op without one. */
export async function deleteNode(trx: InCell, host: string): Promise<'done' | 'in use'> {
  // Claims lock a host's inventories: while they are locked here, no server is placed there.
  await sql`SELECT FROM inventories WHERE host = ${host} ORDER BY resource_class FOR UPDATE`.execute(trx);
  await trx.selectFrom('compute_nodes').select('id').where('host', '=', host).forUpdate().execute();
  const held = await trx.selectFrom('placements').select('id').where('host', '=', host).limit(1).executeTakeFirst();
  if (held) return 'in use';
  await trx.deleteFrom('compute_nodes').where('host', '=', host).execute();
  return 'done';
}
