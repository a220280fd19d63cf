/** The QoS policies that networks and ports are to have. */
import { findQosPolicies, holdQosPolicy } from '../../db/stores/network/qos.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import { sightOf } from './deps.ts';
import { PolicyRemoveAuthorizationError, QosPolicyNotFound } from './qos-errors.ts';

/** Null: none; left out: as before, or by default. */
type Wanted = string | null | undefined;

/** Throws QosPolicyNotFound unless the caller sees the policy. */
export async function checkQosPolicy(db: CloudDb, ctx: Context, id: Wanted): Promise<void> {
  if (id === null || id === undefined) return;
  const [policy] = isUuid(id) ? await findQosPolicies(db, [id], sightOf(ctx)) : [];
  if (!policy) throw QosPolicyNotFound({ id });
}

/** The same for what has a policy already. Throws PolicyRemoveAuthorizationError if it would lose one that the caller does not see. */
export async function checkQosChange(
  db: CloudDb,
  ctx: Context,
  { before, wanted }: { readonly before: string | null; readonly wanted: Wanted },
): Promise<void> {
  await checkQosPolicy(db, ctx, wanted);
  if (before === null || wanted === undefined || wanted?.toLowerCase() === before) return;
  if ((await findQosPolicies(db, [before], sightOf(ctx))).length === 0) throw PolicyRemoveAuthorizationError({ id: before });
}

/** Throws QosPolicyNotFound unless the policy exists, within the transaction that begins to use it: the policy stays until that ends. */
export async function takeQosPolicy(trx: InCloud, id: Wanted): Promise<void> {
  if (id !== null && id !== undefined && !(await holdQosPolicy(trx, id))) throw QosPolicyNotFound({ id });
}
