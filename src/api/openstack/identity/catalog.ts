import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../lib/versioning/query-params.ts';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { EntityNotFound, type Entity } from '../../../identity/errors.ts';
import { envelope } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { CatalogService, IdentityFaceDeps as Deps } from './deps.ts';
import { selfLink } from './fields.ts';
import { flag, listAnswer, onlyKnown, paging, wanted, wholeList } from './lists.ts';

/** The endpoint interfaces; all have the same address here. */
export const interfaces = ['public', 'internal', 'admin'] as const;

/** One address of one service. */
interface Endpoint {
  readonly id: string;
  readonly interface: string;
  readonly serviceId: string;
  readonly region: string;
  readonly url: string;
}

const serviceView = resource<CatalogService>()('service', {
  id: field(t.String(), (service) => service.id),
  type: field(t.String(), (service) => service.type),
  name: field(t.String(), (service) => service.name),
  description: field(t.String(), () => ''),
  enabled: field(t.Boolean(), () => true),
  links: selfLink('services'),
});

const endpointView = resource<Endpoint>()('endpoint', {
  id: field(t.String(), (endpoint) => endpoint.id),
  interface: field(t.String(), (endpoint) => endpoint.interface),
  service_id: field(t.String(), (endpoint) => endpoint.serviceId),
  region: field(t.String(), (endpoint) => endpoint.region),
  region_id: field(t.String(), (endpoint) => endpoint.region),
  url: field(t.String(), (endpoint) => endpoint.url),
  enabled: field(t.Boolean(), () => true),
  links: selfLink('endpoints'),
});

const regionView = resource<{ readonly id: string }>()('region', {
  id: field(t.String(), (region) => region.id),
  description: field(t.String(), () => ''),
  parent_region_id: field(t.Null(), () => null),
  links: selfLink('regions'),
});

/** Every endpoint of every service, with Keystone's placeholder for the project id. */
export const endpointsOf = ({ catalog, region }: Pick<Deps, 'catalog' | 'region'>, projectId = '$(project_id)s'): readonly Endpoint[] =>
  catalog.flatMap(({ id, url }) =>
    interfaces.map((face) => ({ id: `${id}-${face}`, interface: face, serviceId: id, region, url: url(projectId) })),
  );

function theOne<T extends { readonly id: string }>(entity: Entity, all: readonly T[], id: string): T {
  const found = all.find((one) => one.id === id);
  if (!found) throw EntityNotFound({ entity, id });
  return found;
}

const isWanted = (value: string, asked: string | undefined): boolean => asked === undefined || value === asked;

/** /v3/services, /v3/endpoints and /v3/regions: read-only, from the configuration. */
export const catalogRoutes = [
  route({
    method: 'GET',
    path: '/services',
    summary: 'List services.',
    policy: 'identity:list_services',
    query: queryParams({ ...paging, name: wanted, type: wanted }, onlyKnown),
    status: 200,
    answers: listAnswer('services', serviceView),
    handle: (req, { catalog }: Deps) =>
      ok(
        wholeList(
          req,
          catalog.filter(({ name, type }) => isWanted(name, req.query.name) && isWanted(type, req.query.type)),
        ),
      ),
  }),
  route({
    method: 'GET',
    path: '/services/{id}',
    summary: 'Show a service.',
    policy: 'identity:get_service',
    status: 200,
    answers: envelope('service', serviceView),
    handle: ({ params }, { catalog }: Deps) => ok(theOne('service', catalog, params.id)),
  }),
  route({
    method: 'GET',
    path: '/endpoints',
    summary: 'List endpoints.',
    policy: 'identity:list_endpoints',
    query: queryParams({ ...paging, interface: wanted, service_id: wanted, region: wanted, region_id: wanted, enabled: flag }, onlyKnown),
    status: 200,
    answers: listAnswer('endpoints', endpointView),
    handle: (req, deps: Deps) => {
      const { interface: face, service_id, region, region_id, enabled = true } = req.query;
      const found = endpointsOf(deps).filter(
        (one) =>
          enabled &&
          isWanted(one.interface, face) &&
          isWanted(one.serviceId, service_id) &&
          isWanted(one.region, region_id) &&
          isWanted(one.region, region),
      );
      return ok(wholeList(req, found));
    },
  }),
  route({
    method: 'GET',
    path: '/endpoints/{id}',
    summary: 'Show an endpoint.',
    policy: 'identity:get_endpoint',
    status: 200,
    answers: envelope('endpoint', endpointView),
    handle: ({ params }, deps: Deps) => ok(theOne('endpoint', endpointsOf(deps), params.id)),
  }),
  route({
    method: 'GET',
    path: '/regions',
    summary: 'List regions.',
    policy: 'identity:list_regions',
    query: queryParams({ ...paging, parent_region_id: wanted }, onlyKnown),
    status: 200,
    answers: listAnswer('regions', regionView),
    handle: (req, { region }: Deps) => ok(wholeList(req, req.query.parent_region_id === undefined ? [{ id: region }] : [])),
  }),
  route({
    method: 'GET',
    path: '/regions/{id}',
    summary: 'Show a region.',
    policy: 'identity:get_region',
    status: 200,
    answers: envelope('region', regionView),
    handle: ({ params }, { region }: Deps) => ok(theOne('region', [{ id: region }], params.id)),
  }),
];
