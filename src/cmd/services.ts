import { daemons } from './daemons.ts';
import type { Service } from './service.ts';

/** The programs, in the order in which the help lists them. */
export const services: readonly Service[] = [
  ...daemons,
  { name: 'start', summary: 'Starts one of these in the background, the whole cloud by default.', load: () => import('./start.ts') },
  { name: 'status', summary: 'Tells what runs, since when, and where.', load: () => import('./status.ts') },
  { name: 'stop', summary: 'Stops what runs.', load: () => import('./stop.ts') },
  { name: 'ssh', summary: 'A shell in a guest of this machine.', load: () => import('./ssh.ts') },
  { name: 'forward', summary: 'A port of a guest, on this machine.', load: () => import('./forward.ts') },
  { name: 'manage', summary: "Looks into a cloud's books.", load: () => import('./manage.ts') },
];
