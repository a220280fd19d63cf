import { impliedRoles } from '../objects/identity.ts';

/** The roles someone has, in lower case, with those that they imply. */
export const withImplied = (roles: readonly string[]): ReadonlySet<string> =>
  new Set(roles.map((role) => role.toLowerCase()).flatMap((role) => [role, ...(impliedRoles[role] ?? [])]));
