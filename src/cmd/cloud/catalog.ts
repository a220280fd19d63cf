import type { CatalogService } from '../../api/openstack/identity/deps.ts';
import { type NovaConfig, type PublicApi, publicUrlOf } from '../nova-config.ts';

/** The services that clients find in the catalog: type, name, port, path. */
const entries = [
  ['identity', 'keystone', 'identity', '/v3'],
  ['compute', 'nova', 'compute', '/v2.1'],
  ['image', 'glance', 'image', ''],
  ['network', 'neutron', 'network', ''],
  ['volumev3', 'cinderv3', 'volume', '/v3'],
  ['s3', 's3', 'objectstore', ''],
  ['block-storage', 'cinder', 'volume', '/v3'],
] as const satisfies readonly (readonly [string, string, PublicApi, string])[];

export const catalogOf = (config: NovaConfig): readonly CatalogService[] =>
  entries.map(([type, name, port, path]) => ({ id: name, type, name, url: () => `${publicUrlOf(config, port)}${path}` }));
