import type { Context } from '../lib/context/context.ts';
import { memoize } from '../lib/memo/memoize.ts';
import { impliedRoles } from '../objects/identity.ts';
import type { Principal } from '../objects/principal.ts';
import { AuthenticationFailed } from './errors.ts';
import type { Recalled, TokenValidator } from './token-validator.ts';

/**
 * The context of a request with a token. Roles in a domain count only for the identity service: everything else belongs to projects, so
 * elsewhere a caller with a domain token has no roles.
 */
export function authenticateBy(validator: TokenValidator, at: 'identity' | 'elsewhere' = 'elsewhere') {
  const callerOf = callersAt[at];
  const check = async (text: string, { requestId }: About): Promise<Context> => {
    const principal = await validator.check(text);
    if (!principal) throw AuthenticationFailed({});
    return { requestId, ...callerOf(principal) };
  };
  const recall = (text: string, { requestId }: About): Recalled<Context> | undefined => {
    const recalled = validator.recall?.(text);
    return recalled && { ...recalled, found: { requestId, ...callerOf(recalled.found) } };
  };
  return Object.assign(check, { recall });
}

interface About {
  readonly requestId: string;
}

const callerAt = ({ user, project, domain, roles }: Principal, at: 'identity' | 'elsewhere'): Omit<Context, 'requestId'> => {
  const names = domain !== null && at === 'elsewhere' ? [] : roles.map(({ name }) => name);
  return {
    userId: user.id,
    userName: user.name,
    projectId: project?.id ?? null,
    ...(project ? { projectName: project.name } : {}),
    ...(project && at === 'identity' ? { projectDomainId: project.domain.id } : {}),
    domainId: user.domain.id,
    roles: withImplied(names),
    isAdmin: names.includes('admin'),
  };
};

/** Validators answer the same principal again while nothing changed, so its caller is made once. */
const callersAt = {
  identity: memoize((principal: Principal) => callerAt(principal, 'identity')),
  elsewhere: memoize((principal: Principal) => callerAt(principal, 'elsewhere')),
};

/** Who a principal is at the services beside this one. */
export const callerElsewhere = callersAt.elsewhere;

const withImplied = (roles: readonly string[]): string[] => [...new Set(roles.flatMap((role) => [role, ...(impliedRoles[role] ?? [])]))];
