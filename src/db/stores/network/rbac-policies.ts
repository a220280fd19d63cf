/** Rows of the policies that let projects use what others own. */
import { type Insertable, type RawBuilder, type Selectable, sql } from 'kysely';
import type { RbacPolicy } from '../../../objects/network-sharing.ts';
import type { RbacPoliciesTable } from '../../schema/network-sharing.ts';
import type { CloudDb, InCloud } from '../../sql/queries.ts';
import { type PageQuery, pageOf } from './pages.ts';

const toPolicy = (row: Selectable<RbacPoliciesTable>): RbacPolicy => ({
  id: row.id,
  number: row.number,
  projectId: row.project_id,
  objectType: row.object_type,
  objectId: row.object_id,
  action: row.action,
  targetProject: row.target_project,
});

/** Writes a policy; false when there is one for the same object, action and target. */
export async function insertRbacPolicy(trx: InCloud, row: Insertable<RbacPoliciesTable>): Promise<boolean> {
  const made = await trx
    .insertInto('rbac_policies')
    .values(row)
    .onConflict((conflict) => conflict.constraint('one_policy_of_a_target').doNothing())
    .returning('id')
    .executeTakeFirst();
  return made !== undefined;
}

/** A policy that the project owns (null: any project's). */
export async function findRbacPolicy(db: CloudDb, id: string, projectId: string | null): Promise<RbacPolicy | undefined> {
  const select = db.selectFrom('rbac_policies').selectAll().where('id', '=', id);
  const row = await (projectId === null ? select : select.where('project_id', '=', projectId)).executeTakeFirst();
  return row && toPolicy(row);
}

/** The same, locked until the transaction ends. */
export async function lockRbacPolicy(trx: InCloud, id: string): Promise<RbacPolicy | undefined> {
  const row = await trx.selectFrom('rbac_policies').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
  return row && toPolicy(row);
}

/** A page of a project's policies (null: of all); undefined when the marker is unknown. */
export async function listRbacPolicies(
  db: CloudDb,
  query: PageQuery,
  projectId: string | null,
): Promise<readonly RbacPolicy[] | undefined> {
  const select = db.selectFrom('rbac_policies').selectAll();
  const rows = await pageOf(db, projectId === null ? select : select.where('project_id', '=', projectId), 'rbac_policies', query);
  return rows?.map(toPolicy);
}

/** Names another target; false when another policy has it. */
export async function retargetRbacPolicy(trx: InCloud, { id, objectId, action }: RbacPolicy, targetProject: string): Promise<boolean> {
  const taken = await trx
    .selectFrom('rbac_policies')
    .select('id')
    .where('object_id', '=', objectId)
    .where('action', '=', action)
    .where('target_project', '=', targetProject)
    .where('id', '<>', id)
    .executeTakeFirst();
  if (taken) return false;
  await trx.updateTable('rbac_policies').set({ target_project: targetProject }).where('id', '=', id).execute();
  return true;
}

/** Removes the policy with which every project may use an object. */
export async function deleteWildcard(trx: InCloud, objectId: string): Promise<void> {
  await trx.deleteFrom('rbac_policies').where('object_id', '=', objectId).where('target_project', '=', '*').execute();
}

/** Removes all policies with which projects share an object, whoever they are. */
export async function deleteSharing(trx: InCloud, objectId: string): Promise<void> {
  await trx.deleteFrom('rbac_policies').where('object_id', '=', objectId).where('action', '=', 'access_as_shared').execute();
}

export async function deleteRbacPolicy(trx: InCloud, id: string): Promise<void> {
  await trx.deleteFrom('rbac_policies').where('id', '=', id).execute();
}

/** How many policies of an action an object has: for a target, if one is named. */
export async function countPoliciesOf(
  db: CloudDb,
  objectId: string,
  action: RbacPolicy['action'],
  target: string | null = null,
): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    SELECT count(*)::int AS n FROM rbac_policies
    WHERE object_id = ${objectId} AND action = ${action} AND target_project = coalesce(${target}, target_project)`.execute(db);
  return rows[0]?.n ?? 0;
}

/** What a policy lets whom do. */
export type Access = Pick<RbacPolicy, 'objectType' | 'objectId' | 'action' | 'targetProject'>;

/** The projects that use an object, in a query; by what the policy lets them do. */
const usersOf = ({ objectType, objectId: id, action }: Access): RawBuilder<unknown> => {
  if (action === 'access_as_external')
    return sql`
      SELECT routers.project_id FROM ports JOIN routers ON routers.id = ports.router_id
      WHERE ports.network_id = ${id} AND ports.router_part = 'gateway'
      UNION SELECT project_id FROM floating_ips WHERE network_id = ${id}`;
  const users = {
    network: sql`SELECT project_id FROM ports WHERE network_id = ${id}`,
    security_group: sql`SELECT ports.project_id FROM ports JOIN port_security_groups AS member ON member.port_id = ports.id WHERE member.group_id = ${id}`,
    address_scope: sql`SELECT project_id FROM subnet_pools WHERE address_scope_id = ${id}`,
    qos_policy: sql`SELECT project_id FROM ports WHERE qos_policy_id = ${id} UNION SELECT project_id FROM networks WHERE qos_policy_id = ${id}`,
    subnetpool: sql`SELECT project_id FROM subnets WHERE subnet_pool_id = ${id}`,
  };
  return users[objectType];
};

/** The projects that use an object only because of this policy; the owner of the object needs none, what serves networks has no project. */
export async function dependentsOf(db: CloudDb, policy: Access): Promise<readonly string[]> {
  const { objectId, action, targetProject: target, objectType } = policy;
  const { rows } = await sql<{ project: string }>`
    SELECT DISTINCT users.project_id AS project FROM (${usersOf(policy)}) AS users
    WHERE users.project_id <> '' AND ${target} IN ('*', users.project_id)
      AND users.project_id <> (SELECT project_id FROM ${sql.table(tableOf[objectType])} AS object WHERE object.id = ${objectId})
      AND NOT EXISTS (
        SELECT FROM rbac_policies AS other
        WHERE other.object_id = ${objectId} AND other.action = ${action} AND other.target_project <> ${target} AND other.target_project IN ('*', users.project_id))
    ORDER BY 1 LIMIT 10`.execute(db);
  return rows.map(({ project }) => project);
}

/** The table that the objects of a type are kept in. */
export const tableOf = {
  network: 'networks',
  security_group: 'security_groups',
  address_scope: 'address_scopes',
  subnetpool: 'subnet_pools',
  qos_policy: 'qos_policies',
} as const satisfies Record<RbacPolicy['objectType'], string>;

/** The owner of an object, which is locked until the transaction ends; undefined when there is none. */
export async function lockSharedObject(
  trx: InCloud,
  { objectType, objectId }: Pick<RbacPolicy, 'objectType' | 'objectId'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ project: string }>`
    SELECT project_id AS project FROM ${sql.table(tableOf[objectType])} WHERE id = ${objectId} FOR UPDATE`.execute(trx);
  return rows[0]?.project;
}
