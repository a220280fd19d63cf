/** Lets projects use what others own, and sees to it that nobody loses what is in use. */
import { type Access, deleteWildcard, dependentsOf, insertRbacPolicy } from '../../db/stores/network/rbac-policies.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { RbacPolicy } from '../../objects/network-sharing.ts';
import { RbacPolicyInUse } from '../api/pool-errors.ts';

/** Lets every project use an object; a no-op if they may. */
export async function shareWithAll(
  trx: InCloud,
  ids: Ids,
  { projectId, objectType, objectId }: Pick<RbacPolicy, 'projectId' | 'objectType' | 'objectId'>,
): Promise<void> {
  const row = { id: ids.uuid(), project_id: projectId, object_type: objectType, object_id: objectId };
  await insertRbacPolicy(trx, { ...row, action: 'access_as_shared', target_project: '*' });
}

/** Takes that back, unless projects use the object only because of it. */
export async function shareWithNobody(trx: InCloud, { objectType, objectId }: Pick<RbacPolicy, 'objectType' | 'objectId'>): Promise<void> {
  await refuseDependents(trx, { objectType, objectId, action: 'access_as_shared', targetProject: '*' });
  await deleteWildcard(trx, objectId);
}

/** Throws RbacPolicyInUse while projects use the object only because of this policy. */
export async function refuseDependents(trx: InCloud, policy: Access): Promise<void> {
  const projects = await dependentsOf(trx, policy);
  if (projects.length > 0) throw RbacPolicyInUse({ objectId: policy.objectId, projects });
}
