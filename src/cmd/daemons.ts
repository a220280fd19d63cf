import type { Service } from './service.ts';

/** The services that run until they are stopped, in the order in which the help lists them. A service appears here with its first working code. */
export const daemons: readonly Service[] = [
  { name: 'all', summary: 'The whole cloud in one process.', load: () => import('./all.ts') },
  { name: 'api', summary: 'Identity, compute, EC2, image, network, volume, metadata and operator APIs.', load: () => import('./api.ts') },
  { name: 'metadata', summary: "Guests' metadata, apart from the other APIs.", load: () => import('./metadata.ts') },
  { name: 'conductor', summary: 'Carries out operations of several steps.', load: () => import('./conductor.ts') },
  { name: 'scheduler', summary: 'Chooses hosts.', load: () => import('./scheduler.ts') },
  { name: 'compute', summary: 'Runs guests on a host.', load: () => import('./compute.ts') },
  { name: 'network', summary: 'Connects guests of a host.', load: () => import('./network.ts') },
  { name: 'volume', summary: 'Keeps volumes on a host.', load: () => import('./volume.ts') },
  { name: 'objectstore', summary: 'Keeps objects in buckets (S3).', load: () => import('./objectstore.ts') },
  { name: 'consoleauth', summary: 'Checks the tokens of consoles.', load: () => import('./consoleauth.ts') },
  { name: 'novncproxy', summary: 'Shows the screens of guests in browsers.', load: () => import('./novncproxy.ts') },
  { name: 'spicehtml5proxy', summary: 'Shows the screens of guests in browsers, over SPICE.', load: () => import('./spicehtml5proxy.ts') },
  { name: 'serialproxy', summary: 'Shows the serial consoles of guests in browsers.', load: () => import('./serialproxy.ts') },
];
