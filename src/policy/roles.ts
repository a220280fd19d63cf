import { memoize } from '../lib/memo/memoize.ts';
import { impliedRoles } from '../objects/identity.ts';

/** The caller's roles in lower case, including implied ones. A token's roles are one list for all its requests. */
export const withImplied: (roles: readonly string[]) => ReadonlySet<string> = memoize(
  (roles: readonly string[]) => new Set(roles.map((role) => role.toLowerCase()).flatMap((role) => [role, ...(impliedRoles[role] ?? [])])),
);
