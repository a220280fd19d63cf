/** Tempest's configuration for one of our clouds: its resources, read over its API, and its features. */
import { versions as volumeVersions } from '../../src/api/openstack/volume/microversions.ts';
import { versions } from '../../src/microversions.ts';
import type { Cloud } from '../support/cloud.ts';
import { credentialsIn } from '../support/cloud-client.ts';

/** Sections of an INI file. */
type Ini = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** Flavors that Tempest boots with and resizes to. */
const FLAVORS = ['m1.nano', 'm1.micro'] as const;
/** Seconds: simulated guests take less than one to build. */
const PATIENCE = { build_interval: 1, build_timeout: 60 };

/** Tempest's configuration file for a cloud; work files go to `workspace`. */
export async function tempestConfig(cloud: Cloud, workspace: string): Promise<string> {
  const admin = await cloud.admin();
  const who = await credentialsIn(cloud.stateDir, 'openrc');
  const { body: images } = await admin.ask('image', 'GET', '/v2/images?visibility=public');
  const { body: flavors } = await admin.ask('compute', 'GET', '/v2.1/flavors');
  const { body: networks } = await admin.ask('network', 'GET', '/v2.0/networks?shared=true');
  const { body: external } = await admin.ask('network', 'GET', '/v2.0/networks?router:external=true');
  const { body: extensions } = await admin.ask('network', 'GET', '/v2.0/extensions');
  const flavorOf = (wanted: string): string => flavors.flavors.find(({ name }: Named) => name === wanted).id;
  const image: string = images.images[0].id;
  return ini({
    DEFAULT: { log_dir: `${workspace}/logs`, log_file: 'tempest.log' },
    oslo_concurrency: { lock_path: `${workspace}/locks` },
    auth: {
      use_dynamic_credentials: true,
      // Test projects share the cloud's network.
      create_isolated_networks: false,
      admin_username: who.username,
      admin_password: who.password,
      admin_project_name: who.project,
      admin_domain_name: 'Default',
    },
    identity: { auth_version: 'v3', uri_v3: `${cloud.url('identity')}/v3`, region: 'RegionOne', v3_endpoint_type: 'public' },
    'identity-feature-enabled': { api_v2: false, api_v3: true },
    service_available: { nova: true, glance: true, neutron: true, cinder: true, swift: false, horizon: false },
    compute: {
      ...PATIENCE,
      image_ref: image,
      image_ref_alt: image,
      flavor_ref: flavorOf(FLAVORS[0]),
      flavor_ref_alt: flavorOf(FLAVORS[1]),
      // The network of test projects, which have none of their own.
      fixed_network_name: networks.networks[0].name,
      ready_wait: 0,
      min_compute_nodes: HOSTS,
      hypervisor_type: 'fake',
      min_microversion: versions.min.version,
      max_microversion: versions.max.version,
    },
    'compute-feature-enabled': {
      vnc_console: false,
      spice_console: false,
      swap_volume: false,
      disk_config: true,
      stable_rescue: true,
      resize: true,
      change_password: true,
      live_migration: true,
      block_migration_for_live_migration: true,
      volume_backed_live_migration: true,
      // Among others, the tests of agents.
      xenapi_apis: true,
    },
    volume: {
      ...PATIENCE,
      catalog_type: 'volumev3',
      min_microversion: volumeVersions.min.version,
      max_microversion: volumeVersions.max.version,
      vendor_name: 'nova-ts',
      storage_protocol: 'fake',
    },
    'volume-feature-enabled': {
      backup: true,
      snapshot: true,
      clone: true,
      extend_attached_volume: false,
      manage_volume: false,
      manage_snapshot: false,
    },
    validation: { run_validation: false },
    network: {
      project_network_cidr: '10.100.0.0/16',
      project_network_mask_bits: 28,
      public_network_id: external.networks[0].id,
      floating_network_name: external.networks[0].name,
    },
    'network-feature-enabled': {
      ipv6: true,
      ipv6_subnet_attributes: true,
      port_security: true,
      api_extensions: extensions.extensions.map(({ alias }: { alias: string }) => alias).join(','),
    },
    // Tempest uploads random bytes in each format: only formats without a structure accept them.
    image: { disk_formats: 'raw,aki,ari,ami', container_formats: 'bare,ami,ari,aki' },
    'image-feature-enabled': { import_image: false },
  });
}

interface Named {
  readonly name: string;
}

/** Simulated compute hosts of a cloud under Tempest. */
export const HOSTS = 2;

/** Options of a cloud under Tempest: there are many small test projects, and some tests create dozens of servers. */
export const cloudConfig = (): string =>
  ini({ fake: { hosts: HOSTS }, quota: { instances: 100, cores: 400, ram: 512_000, server_groups: 50, server_group_members: 50 } });

const ini = (sections: Ini): string =>
  Object.entries(sections)
    .map(([name, options]) => [`[${name}]`, ...Object.entries(options).map(([key, value]) => `${key} = ${String(value)}`), ''].join('\n'))
    .join('\n');
