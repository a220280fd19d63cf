import type { GrantScope } from '../../../objects/identity.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { listAnswer, wholeList } from './lists.ts';
import { roleView } from './roles.ts';

/** The routes by which a role is given to a user in one kind of place. */
const routesFor = <const P extends string>(place: P, scopeOf: (placeId: string) => GrantScope) => {
  const roles = `/${place}/{place}/users/{user}/roles` as const;
  const role = `/${place}/{place}/users/{user}/roles/{role}` as const;
  type Params = { readonly place: string; readonly user: string; readonly role: string };
  const grantOf = ({ place: placeId, user, role: roleId }: Params) => ({ userId: user, roleId, scope: scopeOf(placeId) });
  return [
    route({
      method: 'GET',
      path: roles,
      summary: `List the roles that a user was given in one of the ${place}.`,
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
      summary: `Give a user a role in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.create(ctx, grantOf(params));
        return done();
      },
    }),
    // HEAD comes here too, and so does every client that only wants to know whether.
    route({
      method: 'GET',
      path: role,
      summary: `Check whether a user was given a role in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.check(ctx, grantOf(params));
        return done();
      },
    }),
    route({
      method: 'DELETE',
      path: role,
      summary: `Take a role away from a user in one of the ${place}.`,
      status: 204,
      handle: async ({ ctx, params }, { admin }: Deps) => {
        await admin.grants.delete(ctx, grantOf(params));
        return done();
      },
    }),
  ];
};

/** Roles of the whole system are said to be none, rather than not found: clients would look for a mistake in the name. */
const systemRoutes = (['GET', 'PUT', 'DELETE'] as const).map((method) =>
  route({
    method,
    path: '/system/users/{user}/roles/{role}',
    summary: 'Refuse roles of the whole system.',
    status: 204,
    handle: () => {
      throw InvalidInput({ message: 'Roles of the whole system are not supported; give the role in a project or domain.' });
    },
  }),
);

/** Roles given in projects and domains. */
export const grantRoutes = [
  ...routesFor('projects', (projectId) => ({ projectId })),
  ...routesFor('domains', (domainId) => ({ domainId })),
  ...systemRoutes,
];
