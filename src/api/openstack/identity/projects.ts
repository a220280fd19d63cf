import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../lib/versioning/query-params.ts';
import { requestBody } from '../../../lib/versioning/request-body.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { Project } from '../../../objects/identity.ts';
import { envelope } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { showingExtra, withExtra } from './extra.ts';
import { id, nullableId, nullableText, optionChanges, options, selfLink, shortName, tags } from './fields.ts';
import { flag, listAnswer, listed, onlyKnown, pageIn, paging, wanted } from './lists.ts';
import { nameFilterOf, nameParams } from './name-filters.ts';

const knownView = resource<Project>()('project', {
  id: field(t.String(), (project) => project.id),
  name: field(t.String(), (project) => project.name),
  domain_id: field(t.String(), (project) => project.domainId),
  description: field(t.String(), (project) => project.description),
  enabled: field(t.Boolean(), (project) => project.enabled),
  // A top-level project has the domain as its parent.
  parent_id: field(t.String(), (project) => project.parentId ?? project.domainId),
  is_domain: field(t.Boolean(), () => false),
  tags: field(t.Array(t.String()), (project) => [...project.tags]),
  options: field(options, (project) => project.options),
  links: selfLink('projects'),
});
const projectView = showingExtra(knownView);

const fields = {
  description: bodyField({ type: nullableText }),
  enabled: bodyField({ type: t.Boolean() }),
  domain_id: bodyField({ type: id }),
  parent_id: bodyField({ type: nullableId }),
  is_domain: bodyField({ type: t.Boolean() }),
  tags: bodyField({ type: tags }),
  options: bodyField({ type: optionChanges }),
};
const known = [...Object.keys(fields), 'name'];
const createBody = withExtra(requestBody('project', { ...fields, name: bodyField({ type: shortName, required: true }) }), known);
const updateBody = withExtra(requestBody('project', { ...fields, name: bodyField({ type: shortName }) }), known);

type Body = ReturnType<typeof updateBody.parse>;

function changesOf({ description, domain_id, parent_id, is_domain, ...others }: Body) {
  if (is_domain) throw InvalidInput({ message: "Invalid input for field 'is_domain': a project is no domain; create a domain instead." });
  return { ...others, description: description ?? undefined, domainId: domain_id, parentId: parent_id ?? undefined };
}

const commaList = param({ type: t.String({ maxLength: 2_048 }), read: (text) => text.split(',') });

const listQuery = queryParams(
  {
    ...paging,
    ...nameParams,
    domain_id: wanted,
    parent_id: wanted,
    enabled: flag,
    is_domain: flag,
    tags: commaList,
    'tags-any': commaList,
    'not-tags': commaList,
    'not-tags-any': commaList,
  },
  onlyKnown,
);

const filterOf = (query: ReturnType<typeof listQuery.parse>) => {
  const { domain_id, parent_id, enabled, tags: all, 'tags-any': any, 'not-tags': notAll, 'not-tags-any': notAny } = query;
  const asked = { ...(all && { all }), ...(any && { any }), ...(notAll && { notAll }), ...(notAny && { notAny }) };
  return { ...nameFilterOf(query), domainId: domain_id, parentId: parent_id, enabled, tags: asked };
};

/** /v3/projects */
export const projectRoutes = [
  route({
    method: 'GET',
    path: '/projects',
    summary: 'List projects.',
    query: listQuery,
    status: 200,
    answers: listAnswer('projects', projectView),
    handle: async (req, { admin }: Deps) => {
      const found = await admin.projects.list(req.ctx, filterOf(req.query), pageIn(req.query));
      // Projects cannot act as domains here, so that filter finds none.
      return ok(listed(req, req.query.is_domain ? [] : found));
    },
  }),
  route({
    method: 'POST',
    path: '/projects',
    summary: 'Create a project.',
    body: createBody,
    status: 201,
    answers: envelope('project', projectView),
    handle: async ({ ctx, body }, { admin }: Deps) => ok(await admin.projects.create(ctx, { ...changesOf(body), name: body.name })),
  }),
  route({
    method: 'GET',
    path: '/projects/{id}',
    summary: 'Show a project.',
    status: 200,
    answers: envelope('project', projectView),
    handle: async ({ ctx, params }, { admin }: Deps) => ok(await admin.projects.show(ctx, params.id)),
  }),
  route({
    method: 'PATCH',
    path: '/projects/{id}',
    summary: 'Change a project.',
    body: updateBody,
    status: 200,
    answers: envelope('project', projectView),
    handle: async ({ ctx, params, body }, { admin }: Deps) => ok(await admin.projects.update(ctx, params.id, changesOf(body))),
  }),
  route({
    method: 'DELETE',
    path: '/projects/{id}',
    summary: 'Delete a project; its resources are kept.',
    status: 204,
    handle: async ({ ctx, params }, { admin }: Deps) => {
      await admin.projects.delete(ctx, params.id);
      return done();
    },
  }),
  route({
    method: 'GET',
    path: '/users/{id}/projects',
    summary: 'List the projects in which a user has a role.',
    query: listQuery,
    status: 200,
    answers: listAnswer('projects', projectView),
    handle: async (req, { admin }: Deps) =>
      ok(listed(req, await admin.projects.listOfUser(req.ctx, req.params.id, filterOf(req.query), pageIn(req.query)))),
  }),
];
