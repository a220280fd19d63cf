/** The services of volumes: their heartbeats, and which of them get no new volumes. */
import { sql } from 'kysely';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

/** A service by its binary and host. */
export interface VolumeServiceKey {
  readonly binary: string;
  readonly host: string;
}

export interface VolumeService extends VolumeServiceKey {
  readonly disabled: boolean;
  readonly disabledReason: string | null;
  readonly silentSeconds: number;
  readonly seenAt: Date;
}

const silent = sql<number>`extract(epoch FROM now() - seen_at)::float8`.as('silent_seconds');

const select = (db: CloudDb) => db.selectFrom('volume_services').selectAll().select(silent);

type Row = Awaited<ReturnType<ReturnType<typeof select>['execute']>>[number];

const toService = (row: Row): VolumeService => ({
  binary: row.binary,
  host: row.host,
  disabled: row.disabled,
  disabledReason: row.disabled_reason,
  silentSeconds: row.silent_seconds,
  seenAt: row.seen_at,
});

/** Records heartbeats; returns how long each known service had been silent. */
export async function beatVolumeServices(
  db: CloudDb,
  services: readonly VolumeServiceKey[],
): Promise<readonly (VolumeServiceKey & { readonly silentSeconds: number })[]> {
  const known: (VolumeServiceKey & { readonly silentSeconds: number })[] = [];
  for (const { binary, host } of services) {
    const before = await findVolumeService(db, { binary, host });
    if (before) known.push(before);
    await sql`
      INSERT INTO volume_services ("binary", host) VALUES (${binary}, ${host})
      ON CONFLICT ("binary", host) DO UPDATE SET seen_at = now()`.execute(db);
  }
  return known;
}

export async function listVolumeServices(db: CloudDb): Promise<readonly VolumeService[]> {
  return (await select(db).orderBy('binary').orderBy('host').execute()).map(toService);
}

export async function findVolumeService(db: CloudDb, { binary, host }: VolumeServiceKey): Promise<VolumeService | undefined> {
  const row = await select(db).where('binary', '=', binary).where('host', '=', host).executeTakeFirst();
  return row && toService(row);
}

export async function setVolumeService(
  trx: InCloud,
  { binary, host }: VolumeServiceKey,
  { disabled, reason }: { readonly disabled: boolean; readonly reason: string | null },
): Promise<void> {
  await trx
    .updateTable('volume_services')
    .set({ disabled, disabled_reason: reason })
    .where('binary', '=', binary)
    .where('host', '=', host)
    .execute();
}
