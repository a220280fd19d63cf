/** Loads the program's configuration, and derives ports and URLs from it. */
import { resolve } from 'node:path';
import { loadConfig, loadValue } from '../lib/config/load.ts';
import { strangeVariables } from '../lib/config/own-variables.ts';
import type { ConfigOf } from '../lib/config/option.ts';
import { type Machine, novaOptions } from './options.ts';

/** The whole configuration of nova-ts. */
export type NovaConfig = ConfigOf<ReturnType<typeof novaOptions>>;

/** Variables of the environment that are read before the configuration: its file, and whether distribution packages may be installed. */
export const variablesBesideOptions = ['NOVA_CONFIG', 'NOVA_NO_INSTALL'];

interface Input {
  readonly machine: Machine;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly configFiles?: readonly string[];
  readonly flags?: Readonly<Record<string, string>>;
}

/** Reads NOVA_CONFIG, then `configFiles`, then the environment, then flags; the state path comes back absolute. */
export function loadNovaConfig(input: Input): NovaConfig {
  const sources = sourcesOf(input);
  const written = loadConfig(sources);
  // Loaded again with the absolute path, so that options derived from it ($state_path/...) are absolute too.
  return loadConfig({ ...sources, flags: { ...input.flags, state_path: resolve(written.DEFAULT.state_path) } });
}

/** The state directory alone, whatever is wrong with the rest of the configuration. */
export const stateDirOf = (input: Input): string => resolve(String(loadValue(sourcesOf(input), 'DEFAULT', 'state_path')));

/** Variables that look like ours and have no effect; a misspelt one is refused instead. */
export const strangeNovaVariables = (input: Input): readonly string[] => strangeVariables(sourcesOf(input));

const sourcesOf = ({ machine, env, configFiles = [], flags = {} }: Input) => ({
  groups: novaOptions(machine),
  files: [env['NOVA_CONFIG'] ?? '', ...configFiles].filter((file) => file !== ''),
  env,
  flags,
  ownVariables: { prefix: 'NOVA_', others: variablesBesideOptions },
});

/** The port of each API before the offset. */
export const defaultPorts = {
  identity: 5000,
  compute: 8774,
  metadata: 8775,
  ec2: 8773,
  image: 9292,
  volume: 8776,
  network: 9696,
  objectstore: 3333,
  novnc: 6080,
  spice: 6082,
  serial: 6083,
  operator: 8080,
} as const;

export type PortName = keyof typeof defaultPorts;

/** The port of an API with the offset. */
export const portOf = (config: NovaConfig, name: PortName): number => defaultPorts[name] + config.api.port_offset;

/** Addresses that mean "all of this machine": valid to listen on, but not to connect to. */
const wildcards = ['0.0.0.0', '::'];

/** The address of an API as others reach it, without a path: `http://127.0.0.1:8774`. */
export const urlOf = (config: NovaConfig, name: PortName): string => {
  const { listen } = config.api;
  const host = wildcards.includes(listen) ? config.DEFAULT.my_ip : listen;
  return `http://${host.includes(':') ? `[${host}]` : host}:${portOf(config, name)}`;
};

/** The APIs that clients find in the catalog. */
export type PublicApi = 'identity' | 'compute' | 'image' | 'network' | 'volume' | 'objectstore' | 'ec2';

/** What an operator has configured as an API's public address, without a slash at the end. */
export function publicEndpointOf(config: NovaConfig, name: PublicApi): string | undefined {
  const configured = name === 'compute' ? config.api.compute_link_prefix : config[name].public_endpoint;
  return configured?.replace(/\/+$/, '');
}

/** An API's address for clients. */
export const publicUrlOf = (config: NovaConfig, name: PublicApi): string => publicEndpointOf(config, name) ?? urlOf(config, name);

/** Where links to images begin in answers of the compute API. */
export const imageLinksOf = (config: NovaConfig): string =>
  config.api.glance_link_prefix?.replace(/\/+$/, '') ?? publicUrlOf(config, 'image');
