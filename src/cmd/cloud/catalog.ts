import type { CatalogService } from '../../api/openstack/identity/deps.ts';
import { type NovaConfig, type PublicApi, publicUrlOf } from '../nova-config.ts';

/** Where Nova had its EC2 API, and old tools look for it. */
export const EC2_PATH = '/services/Cloud';

/** The services that clients find in the catalog: type, name, port, path. */
const entries = [
  ['identity', 'keystone', 'identity', '/v3'],
  ['compute', 'nova', 'compute', '/v2.1'],
  ['image', 'glance', 'image', ''],
  ['network', 'neutron', 'network', ''],
  ['volumev3', 'cinderv3', 'volume', '/v3'],
  ['ec2', 'ec2', 'ec2', EC2_PATH],
  ['s3', 's3', 'objectstore', ''],
  ['block-storage', 'cinder', 'volume', '/v3'],
] as const satisfies readonly (readonly [string, string, PublicApi, string])[];

export const catalogOf = (config: NovaConfig): readonly CatalogService[] =>
  entries.map(([type, name, port, path]) => ({ id: name, type, name, url: () => `${publicUrlOf(config, port)}${path}` }));
