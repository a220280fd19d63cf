/** Rows of QoS policies, with their rules. */
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { QosPolicy, QosRule } from '../../../objects/network-qos.ts';
import type { QosPoliciesTable, QosRulesTable } from '../../schema/network-qos.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { askedBy, type PageQuery, pageOf } from './pages.ts';
import { isSharedWith, seenBy } from './sharing.ts';

type Row = Selectable<QosPoliciesTable> & { rules: QosRule[]; is_shared: boolean };

const rules = sql<QosRule[]>`
  (SELECT coalesce(jsonb_agg(
      CASE kind WHEN 'dscp_marking' THEN jsonb_build_object('id', id, 'kind', kind, 'direction', direction, 'dscpMark', dscp_mark)
      ELSE jsonb_build_object('id', id, 'kind', kind, 'direction', direction, 'maxKbps', max_kbps, 'maxBurstKbps', max_burst_kbps) END ORDER BY number), '[]')
   FROM qos_rules WHERE policy_id = qos_policies.id)`.as('rules');

const toPolicy = (row: Row): QosPolicy => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  name: row.name,
  description: row.description,
  isDefault: row.is_default,
  isShared: row.is_shared,
  rules: row.rules,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  revisionNumber: row.revision_number,
  tags: row.tags,
});

const select = (db: CloudDb, projectId: string | null) => {
  const all = db
    .selectFrom('qos_policies')
    .selectAll('qos_policies')
    .select([rules, isSharedWith('qos_policies', projectId).as('is_shared')]);
  return projectId === null ? all : all.where(seenBy('qos_policies', projectId));
};

export async function insertQosPolicy(trx: InCloud, row: Insertable<QosPoliciesTable>): Promise<void> {
  await trx.insertInto('qos_policies').values(row).execute();
}

/** Those of the policies that exist and that the project sees (null: any). */
export async function findQosPolicies(db: CloudDb, ids: readonly string[], projectId: string | null): Promise<readonly QosPolicy[]> {
  if (ids.length === 0) return [];
  return (await select(db, projectId).where('qos_policies.id', 'in', ids).orderBy('number').execute()).map(toPolicy);
}

/** The policy that new networks of a project get. */
export async function defaultQosPolicy(db: CloudDb, projectId: string): Promise<QosPolicy | undefined> {
  const row = await select(db, null).where('project_id', '=', projectId).where('is_default', '=', true).executeTakeFirst();
  return row && toPolicy(row);
}

/** A page of the policies that the project sees (null: all); undefined when the marker is unknown. */
export async function listQosPolicies(db: CloudDb, query: PageQuery, projectId: string | null): Promise<readonly QosPolicy[] | undefined> {
  return (await pageOf(db, select(db, projectId), 'qos_policies', askedBy('qos_policies', projectId, query)))?.map(toPolicy);
}

/** Prevents a policy from being deleted until the transaction ends. @returns whether it exists */
export async function holdQosPolicy(trx: InCloud, id: string): Promise<boolean> {
  return (await trx.selectFrom('qos_policies').select('id').where('id', '=', id).forKeyShare().executeTakeFirst()) !== undefined;
}

/** A policy, locked until the transaction ends: nobody else changes its rules or begins to use it meanwhile. */
export async function lockQosPolicy(trx: InCloud, id: string): Promise<QosPolicy | undefined> {
  await trx.selectFrom('qos_policies').select('id').where('id', '=', id).forUpdate().execute();
  return (await findQosPolicies(trx, [id], null))[0];
}

export async function updateQosPolicy(trx: InCloud, id: string, changes: Updateable<QosPoliciesTable>): Promise<QosPolicy | undefined> {
  await trx
    .updateTable('qos_policies')
    .set({ ...changes, updated_at: sql<Date>`now()` })
    .where('id', '=', id)
    .execute();
  return (await findQosPolicies(trx, [id], null))[0];
}

export async function deleteQosPolicy(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('qos_policies').where('id', '=', id).execute();
}

/** A network or a port that has the policy. */
export async function userOfQosPolicy(db: CloudDb, id: string): Promise<{ readonly kind: string; readonly id: string } | undefined> {
  const { rows } = await sql<{ kind: string; id: string }>`
    SELECT 'network' AS kind, id FROM networks WHERE qos_policy_id = ${id}
    UNION ALL SELECT 'port', id FROM ports WHERE qos_policy_id = ${id} LIMIT 1`.execute(db);
  return rows[0];
}

/** Writes a rule; false when the policy has one of its kind and direction. */
export async function insertQosRule(trx: InCloud, row: Insertable<QosRulesTable>): Promise<boolean> {
  const made = await trx
    .insertInto('qos_rules')
    .values(row)
    .onConflict((conflict) => conflict.constraint('one_rule_of_a_kind').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

export async function updateQosRule(trx: InCloud, id: string, changes: Updateable<QosRulesTable>): Promise<void> {
  await trx.updateTable('qos_rules').set(changes).where('id', '=', id).execute();
}

export async function deleteQosRule(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('qos_rules').where('id', '=', id).execute();
}
