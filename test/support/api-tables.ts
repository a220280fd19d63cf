/** Every API of a cloud as a table of routes, with the shape of its answers: the basis of tests over all routes. */
import { computeRoutes } from '../../src/api/openstack/compute/routes.ts';
import { listVersions } from '../../src/api/openstack/compute/versions/routes.ts';
import { choices } from '../../src/api/openstack/identity/discovery.ts';
import { identityRoutes } from '../../src/api/openstack/identity/mount-identity.ts';
import { imageRoutes } from '../../src/api/openstack/image/mount-image.ts';
import { networkRoutes } from '../../src/api/openstack/network/routes.ts';
import { versions as volumeVersions } from '../../src/api/openstack/volume/microversions.ts';
import { volumeRoutes } from '../../src/api/openstack/volume/routes.ts';
import { listVolumeVersions } from '../../src/api/openstack/volume/versions/routes.ts';
import { openApiRoutes } from '../../src/api/openstack/openapi/mount-openapi.ts';
import { unversioned } from '../../src/api/pipeline/mount-face.ts';
import type { Route } from '../../src/api/pipeline/route.ts';
import { operatorRoutes } from '../../src/api/operator/mount-operator.ts';
import type { PortName } from '../../src/cmd/nova-config.ts';
import type { Microversion } from '../../src/lib/versioning/microversion.ts';
import { v, versions } from '../../src/microversions.ts';
import { keystone, type Shape, targets } from './api-targets.ts';

/** One mount point of one service. */
export interface ApiTable {
  readonly service: PortName;
  /** The prefix of all its paths. */
  readonly mount: string;
  readonly routes: readonly Route<never>[];
  readonly unknownKeys: 'refuse' | 'drop';
  /** Its versions; an API with one version reads no version header. */
  readonly versions: readonly Microversion[];
  readonly shape: Shape;
}

const shapeOf = (service: PortName): Shape => targets.find((target) => target.service === service)?.shape ?? keystone;

const table = (service: PortName, mount: string, routes: readonly Route<never>[], more: Partial<ApiTable> = {}): ApiTable => ({
  service,
  mount,
  routes,
  unknownKeys: 'refuse',
  versions: [unversioned],
  shape: shapeOf(service),
  ...more,
});

/** All API tables; a mount point that is missing here is not tested. */
export const apiTables: readonly ApiTable[] = [
  table('compute', '/v2.1', computeRoutes, { versions: versions.all }),
  table('compute', '/v2', computeRoutes, { versions: [v.initial], unknownKeys: 'drop' }),
  // The compute API's own fault shape applies only below a version.
  table('compute', '', [listVersions], { shape: keystone }),
  table('compute', '/openapi', openApiRoutes),
  table('identity', '', [choices]),
  table('identity', '/v3', identityRoutes, { unknownKeys: 'drop' }),
  table('image', '', imageRoutes),
  table('network', '', networkRoutes),
  table('volume', '/v3', volumeRoutes, { versions: volumeVersions.all, shape: shapeOf('compute') }),
  table('volume', '', [listVolumeVersions], { shape: keystone }),
  table('operator', '', operatorRoutes),
];

/** What a path parameter stands for: the service and the fixed words before it, versions apart. @example compute servers metadata */
export function thingsIn(service: PortName, path: string): { readonly name: string; readonly thing: string }[] {
  const words: string[] = [];
  return path.split('/').flatMap((segment) => {
    const [, name] = /^\{(\w+)\}$/.exec(segment) ?? [];
    if (name !== undefined) return [{ name, thing: [service, ...words].join(' ') }];
    if (segment !== '' && !/^v\d/.test(segment)) words.push(segment);
    return [];
  });
}
