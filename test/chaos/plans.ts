/** The sizes of a chaos run: on simulated hosts, on real ones, and in the regular test. */
import type { ChaosOptions } from './chaos.ts';
import type { Shape } from './roster.ts';
import { serverOperations } from './server-operations.ts';
import { thingOperations } from './thing-operations.ts';

type Plan = { readonly shape: Shape } & Pick<
  ChaosOptions,
  'tenants' | 'clients' | 'mostServers' | 'before' | 'after' | 'quietMs' | 'without' | 'mostDownMs'
>;

const simulated: Plan = {
  shape: { apis: 2, conductors: 2, schedulers: 2, hosts: 3, guests: 'fake' },
  tenants: 2,
  clients: 8,
  mostServers: 5,
  before: [6, 24],
  after: [2, 12],
  quietMs: 180_000,
};

/** For real guests, which are slow under emulation. */
const ON_REAL = [
  'delete',
  'stop',
  'start',
  'rebootSoft',
  'rebootHard',
  'pause',
  'unpause',
  'update',
  'add tag',
  'resize',
  'migrate',
  'live-migration',
  'confirmResize',
  'revertResize',
  'evacuate',
  'attach volume',
  'detach volume',
];

const real: Plan = {
  shape: { apis: 1, conductors: 2, schedulers: 1, hosts: 2, guests: 'real' },
  tenants: 1,
  clients: 2,
  mostServers: 2,
  before: [6, 24],
  after: [2, 12],
  quietMs: 420_000,
  without: new Set([...thingOperations, ...serverOperations].map(({ name }) => name).filter((name) => !ON_REAL.includes(name))),
};

/** The plan for a kind of guests. */
export const planOf = (guests: 'fake' | 'real'): Plan => (guests === 'real' ? real : simulated);

/** A small plan for the regular test. */
export const sample: Plan = {
  ...simulated,
  shape: { ...simulated.shape, apis: 1, schedulers: 1 },
  clients: 4,
  mostServers: 4,
  before: [4, 12],
  after: [1, 4],
  mostDownMs: 1_000,
};
