/** Which roles a role brings with it: admin > manager > member > reader. */
const implied: Readonly<Record<string, readonly string[]>> = {
  admin: ['manager', 'member', 'reader'],
  manager: ['member', 'reader'],
  member: ['reader'],
};

/** The roles someone has, in lower case, with those that they imply. */
export const withImplied = (roles: readonly string[]): ReadonlySet<string> =>
  new Set(roles.map((role) => role.toLowerCase()).flatMap((role) => [role, ...(implied[role] ?? [])]));
