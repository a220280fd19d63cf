// Routes and actions that Nova has removed: 410, or 404 from a version on, so that clients do not look for a typo.
import { envelopeBody } from '../../../../lib/versioning/request-body.ts';
import { v } from '../../../../microversions.ts';
import { Type as t } from '@sinclair/typebox';
import { gone } from '../../../pipeline/gone.ts';
import type { Method, Route } from '../../../pipeline/route.ts';

const all = (path: string, methods: readonly Method[], until?: typeof v.noProxies): Route<unknown>[] =>
  methods.map((method) => gone(method, path, until ? { until } : {}));

const action = (path: string, key: string, until?: typeof v.noProxies): Route<unknown> => ({
  ...gone('POST', path, until ? { until } : {}),
  action: key,
  body: envelopeBody(key, t.Unknown()),
});

const { noProxies, remoteConsoles } = v;

/** Removed routes and actions. */
export const removedRoutes: readonly Route<unknown>[] = [
  ...all('/os-cells', ['GET', 'POST']),
  ...all('/os-cells/capacities', ['GET']),
  ...all('/os-cells/detail', ['GET']),
  ...all('/os-cells/info', ['GET']),
  ...all('/os-cells/sync_instances', ['POST']),
  ...all('/os-cells/{id}', ['GET', 'PUT', 'DELETE']),
  ...all('/os-cells/{id}/capacities', ['GET']),
  ...all('/os-certificates', ['POST']),
  ...all('/os-certificates/{id}', ['GET']),
  ...all('/os-cloudpipe', ['GET', 'POST']),
  ...all('/os-cloudpipe/{id}', ['PUT']),
  ...all('/servers/{id}/consoles', ['GET', 'POST']),
  ...all('/servers/{id}/consoles/{console}', ['GET', 'DELETE']),
  ...all('/os-fixed-ips/{id}', ['GET'], noProxies),
  action('/os-fixed-ips/{id}/action', 'reserve', noProxies),
  action('/os-fixed-ips/{id}/action', 'unreserve', noProxies),
  ...all('/os-floating-ip-dns', ['GET'], noProxies),
  ...all('/os-floating-ip-dns/{id}', ['PUT', 'DELETE'], noProxies),
  ...all('/os-floating-ip-dns/{domain}/entries/{id}', ['GET', 'PUT', 'DELETE'], noProxies),
  ...all('/os-floating-ips-bulk', ['GET', 'POST'], noProxies),
  ...all('/os-floating-ips-bulk/{id}', ['GET', 'PUT'], noProxies),
  action('/servers/{id}/action', 'os-getRDPConsole', remoteConsoles),
];
