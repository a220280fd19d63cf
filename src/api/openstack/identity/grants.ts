import type { GrantScope } from '../../../objects/identity.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { listAnswer, wholeList } from './lists.ts';
import { roleView } from './roles.ts';

/** The routes that grant a role to a user in one kind of place. */
const routesFor = <const P extends string>(place: P, scopeOf: (placeId: string) => GrantScope) => {
  const roles = `/${place}/{place}/users/{user}/roles` as const;
  const role = `/${place}/{place}/users/{user}/roles/{role}` as const;
  type Params = { readonly place: string; readonly user: string; readonly role: string };
  const grantOf = ({ place: placeId, user, role: roleId }: Params) => ({ userId: user, roleId, scope: scopeOf(placeId) });
  return [
    route({
      method: 'GET',
      path: roles,
      summary: `List the roles granted to a user in one of the ${place}.`,
      status: 200,
      answers: listAnswer('roles', roleView),
      handle: async (req, { admin }: Deps) => {
        const { user, place: placeId } = req.params;
        return ok(wholeList(req, await admin.grants.rolesOf(req.ctx, user, scopeOf(placeId))));
      },
    }),
    route({
      method: 'PUT',
      path: role,
      summary: `Grant a user a role in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.create(ctx, grantOf(params));
        return done();
      },
    }),
    // Also serves HEAD, which clients use to check for a grant.
    route({
      method: 'GET',
      path: role,
      summary: `Check whether a user has been granted a role in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.check(ctx, grantOf(params));
        return done();
      },
    }),
    route({
      method: 'DELETE',
      path: role,
      summary: `Revoke a user's role in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.delete(ctx, grantOf(params));
        return done();
      },
    }),
  ];
};

/** System roles are refused with a reason: after a 404 clients would look for a typo. */
const systemRoutes = (['GET', 'PUT', 'DELETE'] as const).map((method) =>
  route({
    method,
    path: '/system/users/{user}/roles/{role}',
    summary: 'Refuse system roles, which are not supported.',
    status: 204,
    handle: () => {
      throw InvalidInput({ message: 'System roles are not supported; grant the role in a project or domain.' });
    },
  }),
);

/** Role grants in projects and domains. */
export const grantRoutes = [
  ...routesFor('projects', (projectId) => ({ projectId })),
  ...routesFor('domains', (domainId) => ({ domainId })),
  ...systemRoutes,
];
