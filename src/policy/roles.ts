import { impliedRoles } from '../objects/identity.ts';

/** The caller's roles in lower case, including implied ones. */
export const withImplied = (roles: readonly string[]): ReadonlySet<string> =>
  new Set(roles.map((role) => role.toLowerCase()).flatMap((role) => [role, ...(impliedRoles[role] ?? [])]));
