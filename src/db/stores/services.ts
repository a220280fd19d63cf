import { type Selectable, sql } from 'kysely';
import type { ServicesTable } from '../schema/compute.ts';
import type { Queries } from './queries.ts';

/** A service as the group knows it. */
export interface ServiceRow {
  readonly id: string;
  readonly number: number;
  readonly binary: string;
  readonly host: string;
  readonly zone: string;
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Seconds since its last sign of life, by the database's clock. */
  readonly silentSeconds: number;
  readonly seenAt: Date;
}

type Row = Selectable<ServicesTable> & { silent_seconds: number };

const toService = (row: Row): ServiceRow => ({
  id: row.id,
  number: row.number,
  binary: row.binary,
  host: row.host,
  zone: row.zone,
  disabled: row.disabled,
  disabledReason: row.disabled_reason,
  forcedDown: row.forced_down,
  silentSeconds: row.silent_seconds,
  seenAt: row.seen_at,
});

/** A sign of life; the first one registers the service. */
export async function beat(db: Queries, service: { id: string; binary: string; host: string; zone: string }): Promise<void> {
  await db
    .insertInto('services')
    .values(service)
    .onConflict((conflict) => conflict.columns(['binary', 'host']).doUpdateSet({ seen_at: sql`now()` }))
    .execute();
}

export async function listServices(db: Queries): Promise<readonly ServiceRow[]> {
  const rows = await db
    .selectFrom('services')
    .selectAll()
    .select(sql<number>`extract(epoch FROM now() - seen_at)::float8`.as('silent_seconds'))
    .orderBy('number')
    .execute();
  return rows.map(toService);
}

export async function findService(db: Queries, key: { binary: string; host: string }): Promise<ServiceRow | undefined> {
  const row = await db
    .selectFrom('services')
    .selectAll()
    .select(sql<number>`extract(epoch FROM now() - seen_at)::float8`.as('silent_seconds'))
    .where('binary', '=', key.binary)
    .where('host', '=', key.host)
    .executeTakeFirst();
  return row && toService(row);
}
