import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import type { Domain } from '../../../objects/identity.ts';
import { envelope } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { showingExtra, withExtra } from './extra.ts';
import { optionChanges, options, selfLink, shortName, text } from './fields.ts';
import { flag, listAnswer, listed, onlyKnown, pageIn, paging } from './lists.ts';
import { nameFilterOf, nameParams } from './name-filters.ts';

const knownView = resource<Domain>()('domain', {
  id: field(t.String(), (domain) => domain.id),
  name: field(t.String(), (domain) => domain.name),
  description: field(t.String(), (domain) => domain.description),
  enabled: field(t.Boolean(), (domain) => domain.enabled),
  tags: field(t.Array(t.String()), () => []),
  options: field(options, (domain) => domain.options),
  links: selfLink('domains'),
});
const domainView = showingExtra(knownView);

const fields = {
  description: bodyField({ type: text }),
  enabled: bodyField({ type: t.Boolean() }),
  options: bodyField({ type: optionChanges }),
};
/** Not stored: domains have no tags here. */
const known = [...Object.keys(fields), 'name', 'tags'];
const createBody = withExtra(requestBody('domain', { ...fields, name: bodyField({ type: shortName, required: true }) }), known);
const updateBody = withExtra(requestBody('domain', { ...fields, name: bodyField({ type: shortName }) }), known);

/** /v3/domains */
export const domainRoutes = [
  route({
    method: 'GET',
    path: '/domains',
    summary: 'List domains.',
    query: queryParams({ ...paging, ...nameParams, enabled: flag }, onlyKnown),
    status: 200,
    answers: listAnswer('domains', domainView),
    handle: async (req, { admin }: Deps) =>
      ok(listed(req, await admin.domains.list(req.ctx, { ...nameFilterOf(req.query), enabled: req.query.enabled }, pageIn(req.query)))),
  }),
  route({
    method: 'POST',
    path: '/domains',
    summary: 'Create a domain.',
    body: createBody,
    status: 201,
    answers: envelope('domain', domainView),
    handle: async ({ ctx, body }, { admin }: Deps) => ok(await admin.domains.create(ctx, body)),
  }),
  route({
    method: 'GET',
    path: '/domains/{id}',
    summary: 'Show a domain.',
    status: 200,
    answers: envelope('domain', domainView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.domains.show(ctx, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/domains/{id}',
    summary: 'Change a domain.',
    body: updateBody,
    status: 200,
    answers: envelope('domain', domainView),
    handle: async ({ ctx, params, body }, { admin }: Deps) => ok(await admin.domains.update(ctx, params.id, body)),
  }),
  route({
    method: 'DELETE',
    path: '/domains/{id}',
    summary: 'Delete a disabled domain with its users and projects.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.domains.delete(ctx, params.id);
      return done();
    },
  }),
];
