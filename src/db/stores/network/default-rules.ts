/** Rules that the default group of each new project gets. */
import { type Selectable, sql } from 'kysely';
import type { DefaultRule } from '../../../objects/network.ts';
import type { SecurityGroupDefaultRulesTable } from '../../schema/network.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';

const toRule = (row: Selectable<SecurityGroupDefaultRulesTable>): DefaultRule => ({
  id: row.id,
  ethertype: row.ethertype,
  protocol: row.protocol,
  portMin: row.port_min,
  portMax: row.port_max,
  remoteCidr: row.remote_cidr,
});

/** Oldest first, at most `limit`. */
export async function listDefaultRules(db: CloudDb, limit: number): Promise<readonly DefaultRule[]> {
  return (await db.selectFrom('security_group_default_rules').selectAll().orderBy('id').limit(limit).execute()).map(toRule);
}

/** Locks the creation of rules until the transaction ends. */
export async function holdDefaultRules(trx: InCloud): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('default rules', 0))`.execute(trx);
}

export async function findDefaultRule(db: CloudDb, id: number): Promise<DefaultRule | undefined> {
  const row = await db.selectFrom('security_group_default_rules').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toRule(row);
}

/** @returns undefined if there is such a rule already */
export async function insertDefaultRule(trx: InCloud, rule: Omit<DefaultRule, 'id'>): Promise<DefaultRule | undefined> {
  const { ethertype, protocol, portMin, portMax, remoteCidr } = rule;
  const row = await trx
    .insertInto('security_group_default_rules')
    .values({ ethertype, protocol, port_min: portMin, port_max: portMax, remote_cidr: remoteCidr })
    .onConflict((taken) => taken.doNothing())
    .returningAll()
    .executeTakeFirst();
  return row && toRule(row);
}

/** @returns the deleted rule, if it existed */
export async function deleteDefaultRule(trx: InCloud, id: number): Promise<DefaultRule | undefined> {
  const row = await trx.deleteFrom('security_group_default_rules').where('id', '=', id).returningAll().executeTakeFirst();
  return row && toRule(row);
}
