/** Audits of usage: at the end of a period the servers of each host are told, once. */
import { sql } from 'kysely';
import type { Period } from '../../../objects/audit-period.ts';
import type { Server } from '../../../objects/server.ts';
import type { CellDb, InCell } from '../../sql/queries.ts';
import type { Forgetting } from '../cloud/history.ts';
import { toServer } from '../servers/servers.ts';

/** The audit of a host. */
export interface HostAudit {
  readonly host: string;
  readonly servers: number;
  readonly auditedAt: Date;
}

/** The hosts whose audit of the period is done. */
export async function auditsOf(db: CellDb, { begin, end }: Period): Promise<readonly HostAudit[]> {
  const audits = db.selectFrom('usage_audits').where('period_begin', '=', begin).where('period_end', '=', end);
  const rows = await audits.selectAll().orderBy('host').execute();
  return rows.map(({ host, servers, audited_at: auditedAt }) => ({ host, servers, auditedAt }));
}

/** The host's servers that ran at some time in the period, deleted ones included. */
export async function serversOfPeriod(db: CellDb, host: string, { begin, end }: Period): Promise<readonly Server[]> {
  const rows = await db
    .selectFrom('servers')
    .selectAll()
    .where('host', '=', host)
    .where('launched_at', '<', end)
    .where((eb) => eb.or([eb('terminated_at', 'is', null), eb('terminated_at', '>', begin)]))
    .orderBy('number')
    .execute();
  return rows.map(toServer);
}

/** Writes down that a host's audit is done; false if it was before. */
export async function noteAudit(trx: InCell, host: string, { begin, end }: Period, servers: number): Promise<boolean> {
  const noted = await trx
    .insertInto('usage_audits')
    .values({ host, period_begin: begin, period_end: end, servers })
    .onConflict((conflict) => conflict.doNothing())
    .returning('host')
    .execute();
  return noted.length > 0;
}

/** Deletes audits from before a time, except those of the last period: without them it would be audited again. */
export async function forgetAudits(db: CellDb, { before, limit }: Forgetting): Promise<number> {
  const { rows } = await sql`
    DELETE FROM usage_audits WHERE ctid IN (
      SELECT ctid FROM usage_audits WHERE audited_at < ${before} AND period_end < (SELECT max(period_end) FROM usage_audits)
      LIMIT ${limit} FOR UPDATE SKIP LOCKED)
    RETURNING 1`.execute(db);
  return rows.length;
}
