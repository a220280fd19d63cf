import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { Named } from '../../../objects/principal.ts';
import type { RoleAssignment } from '../../../objects/identity.ts';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { flag, onlyKnown, wanted } from './lists.ts';

const params = {
  'user.id': wanted,
  'group.id': wanted,
  'role.id': wanted,
  'scope.project.id': wanted,
  'scope.domain.id': wanted,
  'scope.system': wanted,
  'scope.OS-INHERIT:inherited_to': wanted,
  effective: flag,
  include_names: flag,
  include_subtree: flag,
};
const query = queryParams(params, onlyKnown);

/** Unsupported kinds of assignments: groups, system roles, inherited roles. */
const NEVER = ['group.id', 'scope.system', 'scope.OS-INHERIT:inherited_to'] as const;

/** Combinations that Keystone refuses, since they mean nothing or find nothing. */
function refuseContradiction(asked: ReturnType<typeof query.parse>): void {
  const scopes = [asked['scope.project.id'], asked['scope.domain.id'], asked['scope.system']].filter((scope) => scope !== undefined);
  const contradiction =
    (asked['user.id'] !== undefined && asked['group.id'] !== undefined && 'Specify a user or a group, not both.') ||
    (scopes.length > 1 && 'Specify a project, a domain or the system, not several of them.') ||
    (asked.effective && asked['group.id'] !== undefined && 'Combining effective and group filter will always result in an empty list.') ||
    (asked.include_subtree &&
      asked['scope.project.id'] === undefined &&
      'scope.project.id must be specified if include_subtree is also specified.');
  if (contradiction) throw InvalidInput({ message: contradiction });
}

/** GET /v3/role_assignments */
export const assignmentRoutes = [
  route({
    method: 'GET',
    path: '/role_assignments',
    summary: 'List who has which role where.',
    query,
    status: 200,
    answers: exactly(t.Object({ role_assignments: t.Array(t.Unknown()), links: t.Unknown() })),
    handle: async ({ ctx, query: asked, url, rawQuery, baseUrl }, { admin }: Deps) => {
      refuseContradiction(asked);
      const found = await admin.grants.list(ctx, {
        userId: asked['user.id'],
        roleId: asked['role.id'],
        projectId: asked['scope.project.id'],
        withSubtree: asked.include_subtree,
        domainId: asked['scope.domain.id'],
        effective: asked.effective ?? false,
      });
      const shown = NEVER.some((name) => asked[name] !== undefined) ? [] : found;
      const show = asked.include_names ? withNames : byId;
      const links = { self: rawQuery.size === 0 ? url : `${url}?${rawQuery}`, previous: null, next: null };
      return ok({ role_assignments: shown.map((one) => ({ ...show(one), links: linksOf(one, baseUrl) })), links });
    },
  }),
];

const withNames = ({ user, role: { domain, ...role }, scope }: RoleAssignment) => ({
  user,
  role: domain === null ? role : { ...role, domain },
  scope,
});

const byId = ({ user, role, scope }: RoleAssignment) => ({
  user: idOf(user),
  role: idOf(role),
  scope: 'project' in scope ? { project: idOf(scope.project) } : { domain: idOf(scope.domain) },
});

const idOf = ({ id }: Named) => ({ id });

/** Links to the assignment, and for an implied one to its source. */
function linksOf({ user, role, scope, impliedBy }: RoleAssignment, baseUrl: string) {
  const place = 'project' in scope ? `projects/${scope.project.id}` : `domains/${scope.domain.id}`;
  const assignment = `${baseUrl}/${place}/users/${user.id}/roles/${(impliedBy ?? role).id}`;
  return impliedBy ? { assignment, prior_role: `${baseUrl}/prior_role/${impliedBy.id}/implies/${role.id}` } : { assignment };
}
