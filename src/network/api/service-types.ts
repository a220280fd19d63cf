import type { Context } from '../../lib/context/context.ts';
import type { Policy } from '../../policy/policy.ts';
import { InvalidServiceType } from '../errors.ts';

/** The owners that ports can have: devices of the network and of its users. */
const OWNERS = /^(network|compute|trunk|baremetal):[\w.-]+$/;

/** Throws unless the caller may say which ports a subnet is for, and they are owners of ports. */
export function checkServiceTypes(
  policy: Policy,
  ctx: Context,
  {
    verb,
    types,
    target,
  }: {
    readonly verb: 'create' | 'update';
    readonly types: readonly string[];
    readonly target: { readonly project_id: string };
  },
): void {
  if (types.length > 0 || verb === 'update') policy.check(ctx, `${verb}_subnet:service_types`, target);
  const strange = types.find((type) => !OWNERS.test(type));
  if (strange !== undefined) throw InvalidServiceType({ type: strange });
}
