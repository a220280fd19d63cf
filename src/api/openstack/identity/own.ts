import { Type as t } from '@sinclair/typebox';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { linksOf } from './lists.ts';

const listOf = <const K extends 'projects' | 'domains' | 'system'>(key: K) =>
  exactly(t.Object({ [key]: t.Array(t.Unknown()), links: t.Unknown() }));

/** /v3/auth/...: the scopes available to the caller. */
export const ownRoutes = [
  route({
    method: 'GET',
    path: '/auth/projects',
    summary: 'List the projects in which the caller has a role.',
    status: 200,
    answers: listOf('projects'),
    handle: async ({ ctx, url }, { identity }: Deps) => {
      const projects = (await identity.projectsOf(ctx.userId ?? '')).map(({ id, name, domain }) => ({
        id,
        name,
        domain_id: domain.id,
        enabled: true,
        is_domain: false,
      }));
      return ok({ projects, links: linksOf({ self: url }) });
    },
  }),
  route({
    method: 'GET',
    path: '/auth/domains',
    summary: 'List the domains in which the caller has a role.',
    status: 200,
    answers: listOf('domains'),
    handle: async ({ ctx, url }, { identity }: Deps) => {
      const domains = (await identity.domainsOf(ctx.userId ?? '')).map(({ id, name }) => ({ id, name, enabled: true }));
      return ok({ domains, links: linksOf({ self: url }) });
    },
  }),
  route({
    method: 'GET',
    path: '/auth/system',
    summary: "List the caller's system roles; always empty.",
    status: 200,
    answers: listOf('system'),
    handle: ({ url }) => ok({ system: [], links: linksOf({ self: url }) }),
  }),
];
