import { change } from '../../db/change.ts';
import { findDomain } from '../../db/stores/identity/domains.ts';
import { deleteGrant, hasGrant, insertGrant, listAssignments, rolesOf } from '../../db/stores/identity/grants.ts';
import { findProject } from '../../db/stores/identity/projects.ts';
import { findRole } from '../../db/stores/identity/roles.ts';
import { findUser } from '../../db/stores/identity/users.ts';
import { roleAssignmentCreate, roleAssignmentDelete } from '../../events/identity.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Grant, GrantScope, Role, RoleAssignment } from '../../objects/identity.ts';
import { EntityNotFound, GrantNotFound, NotAllowed } from '../errors.ts';
import { given } from './columns.ts';
import { type AdminDeps, authorize } from './deps.ts';
import type { Inference, Roles } from './roles.ts';

/** Which assignments to list. */
export interface AssignmentFilter {
  readonly userId?: string | undefined;
  readonly projectId?: string | undefined;
  /** Also in the projects below that project. */
  readonly withSubtree?: boolean | undefined;
  readonly domainId?: string | undefined;
  readonly roleId?: string | undefined;
  /** With implied roles. */
  readonly effective: boolean;
}

/** Assignments in one answer at most. */
const MAX_ASSIGNMENTS = 10_000;

/** Role assignments. A revocation takes effect with the next request, whatever its token. */
export class Grants {
  readonly #deps: AdminDeps;
  readonly #roles: Roles;

  constructor(deps: AdminDeps, roles: Roles) {
    this.#deps = deps;
    this.#roles = roles;
  }

  /** Grants a role; a no-op if it is granted already. */
  async create(ctx: Context, grant: Grant): Promise<void> {
    authorize(this.#deps, ctx, 'identity:create_grant', targetOf(grant.userId, grant.scope));
    const prepare = () => this.#refuseGrant(grant);
    await change(ctx, { db: this.#deps.db, what: 'roleAssignment.create', prepare }, async ({ trx, tell }) => {
      const outcome = await insertGrant(trx, grant);
      // Something that the grant names was deleted since the lookup.
      if (outcome === 'taken' || outcome === 'dangling') throw absent(grant);
      if (outcome === 'given') tell(roleAssignmentCreate(eventOf(grant)));
    });
  }

  async delete(ctx: Context, grant: Grant): Promise<void> {
    authorize(this.#deps, ctx, 'identity:revoke_grant', targetOf(grant.userId, grant.scope));
    const isRevoked = await change(ctx, { db: this.#deps.db, what: 'roleAssignment.delete' }, async ({ trx, tell }) => {
      if (!(await deleteGrant(trx, grant))) return false;
      tell(roleAssignmentDelete(eventOf(grant)));
      return true;
    });
    if (isRevoked) return;
    await this.#refuseUnknown(grant);
    throw absent(grant);
  }

  /** Fails unless the role is granted directly, not implied by another one. */
  async check(ctx: Context, grant: Grant): Promise<void> {
    authorize(this.#deps, ctx, 'identity:check_grant', targetOf(grant.userId, grant.scope));
    if (await hasGrant(this.#deps.db, grant)) return;
    await this.#refuseUnknown(grant);
    throw absent(grant);
  }

  /** The roles that are granted to a user in one scope. */
  async rolesOf(ctx: Context, userId: string, scope: GrantScope): Promise<readonly Role[]> {
    authorize(this.#deps, ctx, 'identity:list_grants', targetOf(userId, scope));
    await this.#refuseUnknown({ userId, scope });
    return await rolesOf(this.#deps.db, userId, scope);
  }

  async list(ctx: Context, { effective, roleId, ...filter }: AssignmentFilter): Promise<readonly RoleAssignment[]> {
    authorize(this.#deps, ctx, 'identity:list_role_assignments', given({ 'target.user.id': filter.userId }));
    const inferences = effective ? await this.#roles.allInferences() : [];
    const implying = inferences.filter(({ implies }) => implies.some(({ id }) => id === roleId)).map(({ prior }) => prior.id);
    const roleIds = roleId === undefined ? undefined : [roleId, ...implying];
    const found = await listAssignments(this.#deps.db, { ...given({ ...filter, roleIds }), limit: MAX_ASSIGNMENTS });
    // Roles of domains have no effect of their own.
    const counted = effective ? found.filter(({ role }) => role.domain === null) : found;
    return withImplied(counted, inferences).filter(({ role }) => roleId === undefined || role.id === roleId);
  }

  async #refuseGrant(grant: Grant): Promise<void> {
    const place = await this.#refuseUnknown(grant);
    const role = await findRole(this.#deps.db, grant.roleId);
    if (role && role.domainId !== null && role.domainId !== place.domainId)
      throw NotAllowed({ because: `The role ${role.id} belongs to the domain ${role.domainId} and can be granted only there.` });
  }

  /** Fails unless everything that is named exists. @returns the domain of the place */
  async #refuseUnknown({ userId, scope, roleId }: Omit<Grant, 'roleId'> & { readonly roleId?: string }): Promise<{ domainId: string }> {
    const { db } = this.#deps;
    if (roleId !== undefined && !(await findRole(db, roleId))) throw EntityNotFound({ entity: 'role', id: roleId });
    if (!(await findUser(db, userId))) throw EntityNotFound({ entity: 'user', id: userId });
    if ('projectId' in scope) {
      const project = await findProject(db, scope.projectId);
      if (!project) throw EntityNotFound({ entity: 'project', id: scope.projectId });
      return project;
    }
    if (!(await findDomain(db, scope.domainId))) throw EntityNotFound({ entity: 'domain', id: scope.domainId });
    return scope;
  }
}

const placeIn = (scope: GrantScope): string => ('projectId' in scope ? scope.projectId : scope.domainId);

const eventOf = ({ userId, roleId, scope }: Grant) => ({
  userId,
  roleId,
  projectId: 'projectId' in scope ? scope.projectId : null,
  domainId: 'domainId' in scope ? scope.domainId : null,
});

const absent = ({ userId, roleId, scope }: Grant) => GrantNotFound({ roleId, userId, placeId: placeIn(scope) });

const targetOf = (userId: string, scope: GrantScope) => ({
  'target.user.id': userId,
  ...('projectId' in scope ? { 'target.project.id': scope.projectId } : { 'target.domain.id': scope.domainId }),
});

/** Each assignment with those that it implies; a duplicate role appears once, as granted if it was granted. */
export function withImplied(found: readonly RoleAssignment[], inferences: readonly Inference[]): readonly RoleAssignment[] {
  const implied = found.flatMap((one) =>
    inferences
      .filter(({ prior }) => prior.id === one.role.id)
      .flatMap(({ prior, implies }) =>
        implies.map((role): RoleAssignment => ({ ...one, role: { ...role, domain: null }, impliedBy: prior })),
      ),
  );
  const seen = new Set<string>();
  return [...found, ...implied].filter((one) => {
    const key = JSON.stringify([one.user.id, one.role.id, one.scope]);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}
