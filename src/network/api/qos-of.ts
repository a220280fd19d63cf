/** The QoS policies that networks and ports are to have. */
import { findQosPolicies, holdQosPolicy } from '../../db/stores/network/qos.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import { sightOf } from './deps.ts';
import { QosPolicyNotFound } from './qos-errors.ts';

/** Null: none; left out: as before, or by default. */
type Wanted = string | null | undefined;

/** Throws QosPolicyNotFound unless the caller sees the policy. */
export async function checkQosPolicy(db: CloudDb, ctx: Context, id: Wanted): Promise<void> {
  if (id === null || id === undefined) return;
  const [policy] = isUuid(id) ? await findQosPolicies(db, [id], sightOf(ctx)) : [];
  if (!policy) throw QosPolicyNotFound({ id });
}

/** The same within the transaction that begins to use it: the policy stays until that ends. */
export async function takeQosPolicy(trx: InCloud, id: Wanted): Promise<void> {
  if (id !== null && id !== undefined && !(await holdQosPolicy(trx, id))) throw QosPolicyNotFound({ id });
}
