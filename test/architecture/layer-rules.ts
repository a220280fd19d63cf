/** Who may import whom: a table of rooms (folders and files below `src/`). The first row whose room a file is in decides. */
import type { Layout } from './layout.ts';

export interface LayerRule {
  /** The rule, as shown to whoever broke it. */
  readonly law: string;
  /** The rooms that it applies to, as patterns: see {@link inRoom}. */
  readonly rooms: readonly string[];
  /** The rooms that they may import from; `@` names are defined by {@link special}. */
  readonly may: readonly string[];
}

const GROUND = ['lib/', 'objects/', 'microversions.ts'];
/** Messages, and the values in them. */
const CONTRACTS = ['*/rpcapi.ts', 'scheduler/request.ts', 'operations/'];
/** Interfaces of components whose work another system may do. */
const SEAMS = ['network/server-networking.ts', 'image/image-sources.ts', 'image/server-images.ts', 'volume/server-volumes.ts'];
/** The tables of the network service, and shared ones. */
const NETWORK_DB = ['db/change.ts', 'db/schema/', 'db/sql/', 'db/stores/network/'];
/** Components that others call in their own process. */
const LEAVES = ['identity', 'image', 'volume', 'objectstore', 'keymgr', 'servicegroup', 'consoles'];
const API_FILES = ['*/api.ts', '*/*-api.ts', '*/*/api.ts', '*/*/*-api.ts', '*/api/'];

export const layerRules: readonly LayerRule[] = [
  { law: 'cmd constructs everything and may import everything', rooms: ['cmd/'], may: ['@anything'] },
  { law: 'lib knows nothing of clouds: it imports only lib', rooms: ['lib/'], may: ['lib/'] },
  {
    law: 'objects and microversions are plain values: they import only objects and lib',
    rooms: ['objects/', 'microversions.ts'],
    may: GROUND,
  },
  {
    law: 'operations say what can be done to a server: they import the hypervisor interface, address arithmetic, the names of policy rules, objects and lib',
    rooms: ['operations/'],
    may: [...GROUND, 'operations/', 'virt/*.ts', 'network/plan/', 'policy/rules.ts', 'policy/rules/'],
  },
  {
    law: 'events are a catalogue of plain values: they import only operations, objects and lib',
    rooms: ['events/'],
    may: [...GROUND, 'operations/', 'events/'],
  },
  {
    law: 'db keeps records and the events of their changes: it imports events, objects and lib',
    rooms: ['db/'],
    may: [...GROUND, 'events/', 'db/'],
  },
  { law: 'policy and notifications import only objects and lib', rooms: ['policy/', 'notifications/'], may: [...GROUND, '@own component'] },
  { law: 'quota is counted from rows: it imports db, objects and lib', rooms: ['quota/'], may: [...GROUND, 'db/', '@own component'] },
  {
    law: 'the books are proven from rows: books import db, events, objects and lib',
    rooms: ['books/'],
    may: ['@ground without bus', 'db/', 'events/', '@own component'],
  },
  { law: 'the hypervisor interface imports only objects and lib', rooms: ['virt/*.ts'], may: ['@ground without bus', 'virt/*.ts'] },
  {
    law: 'a driver imports its interface, plain parts of its component, objects and lib; never another driver, the database or the bus',
    rooms: ['virt/*/', 'network/host/drivers/*/', 'scheduler/drivers/*/'],
    may: ['@ground without bus', '@own driver', '@plain of own component'],
  },
  {
    law: 'a driver of a leaf component that keeps its books in our database imports db, its interface, plain parts of its component, objects and lib',
    rooms: LEAVES.flatMap((leaf) => [`${leaf}/drivers/*/`, `${leaf}/drivers/*.ts`]),
    may: ['@ground without bus', 'db/', '@own driver', '@own component without api'],
  },
  {
    law: 'a volume host never sees the database: it imports contracts, the driver interface, objects and lib',
    rooms: ['volume/host/'],
    may: [...GROUND, ...CONTRACTS, 'volume/host/', 'volume/driver.ts', 'volume/backup-store.ts', 'volume/errors.ts'],
  },
  {
    law: 'an edge knocks at api.ts: it imports api files and the words they speak, action declarations, objects, microversions and lib',
    rooms: ['api/'],
    may: [...GROUND, 'api/', ...API_FILES, 'operations/', '@plain of an api'],
  },
  {
    law: 'a proxy of consoles has neither database nor rights: it imports the contract of its component, objects and lib',
    rooms: ['consoles/proxies/'],
    may: [...GROUND, 'consoles/rpcapi.ts', 'consoles/proxies/'],
  },
  {
    law: 'a contract imports only operations, objects, lib, and plain parts of its own component',
    rooms: ['*/rpcapi.ts'],
    may: [...GROUND, 'operations/', '@plain of own component'],
  },
  {
    law: 'a compute host never sees the database: it imports contracts, driver interfaces, objects and lib',
    rooms: ['compute/host/'],
    may: [...GROUND, ...CONTRACTS, 'compute/host/', 'virt/*.ts'],
  },
  {
    law: 'a plan of networks is pure: it imports the errors of its component, objects and lib',
    rooms: ['network/plan/'],
    may: ['@ground without bus', 'network/plan/', 'network/errors.ts'],
  },
  {
    law: 'a seam is an interface: it imports only objects and lib',
    rooms: SEAMS,
    may: ['@ground without bus'],
  },
  {
    law: 'a driver of networking imports the seam, contracts of its component, objects and lib',
    rooms: ['network/drivers/*/'],
    may: [...GROUND, 'network/rpcapi.ts', 'network/server-networking.ts', '@own driver'],
  },
  {
    law: 'a network host imports plans, contracts, its drivers by their interface, its own tables, objects and lib; never what the API or the books do',
    rooms: ['network/host/'],
    may: [...GROUND, ...CONTRACTS, 'network/host/*.ts', 'network/host/shell/', 'network/plan/', 'network/errors.ts', ...NETWORK_DB],
  },
  {
    law: 'the network service knows its own tables only: its manager and books import contracts, its component but drivers, events, objects and lib',
    rooms: ['network/manager.ts', 'network/books/'],
    may: [...GROUND, ...CONTRACTS, ...NETWORK_DB, 'events/', '@own component without drivers'],
  },
  {
    law: 'the network api knows its own tables only: it imports its component but hosts, managers and drivers, contracts, events, policy, objects and lib',
    rooms: ['network/'],
    may: [...GROUND, ...CONTRACTS, ...NETWORK_DB, 'events/', 'policy/', '@own component without hosts'],
  },
  {
    law: 'a workflow reaches networking, images and volumes by their seams only: it imports contracts of others, other leaf components by their api files, db, events, objects and lib',
    rooms: ['conductor/workflows/'],
    may: [
      ...GROUND,
      ...SEAMS,
      'compute/rpcapi.ts',
      'scheduler/rpcapi.ts',
      'scheduler/request.ts',
      'operations/',
      'db/',
      'events/',
      ...LEAVES.filter((leaf) => leaf !== 'image' && leaf !== 'volume').map((leaf) => `${leaf}/api.ts`),
      '@own component without drivers',
    ],
  },
  {
    law: 'a manager imports contracts of others, leaf components by their api files, its own drivers by their interface, db, events, objects and lib',
    rooms: ['conductor/', 'scheduler/'],
    may: [...GROUND, ...CONTRACTS, 'db/', 'events/', ...LEAVES.map((leaf) => `${leaf}/api.ts`), '@own component without drivers'],
  },
  {
    law: 'an api file imports its own component but hosts, managers and drivers; contracts, seams and api files of others; db, events, policy, quota, objects and lib',
    rooms: ['compute/', ...LEAVES.map((leaf) => `${leaf}/`)],
    may: [...GROUND, ...CONTRACTS, ...SEAMS, 'db/', 'events/', 'policy/', 'quota/', ...API_FILES, '@own component without hosts'],
  },
];

const componentOf = (path: string): string => path.split('/')[0] ?? '';
const isOwn = (target: string, path: string): boolean => componentOf(target) === componentOf(path);
const DRIVER = /^(?:virt\/[^/]+\/|(?:\w+\/)+drivers\/[^/]+?(?=\/|\.ts$))/;
const isDriver = (path: string): boolean => DRIVER.test(path);
/** `network/host/drivers/flat-dhcp` of a file in it. */
const driverOf = (path: string): string | undefined => DRIVER.exec(path)?.[0];
const isApi = (path: string): boolean => API_FILES.some((room) => inRoom(path, room));
const isHost = (path: string): boolean => /^\w+\/(host\/|manager\.ts$)/.test(path);

type Test = (target: string, path: string, layout: Layout) => boolean;

/** Rules that no pattern can express. */
const special: Readonly<Record<string, Test>> = {
  '@anything': () => true,
  '@ground without bus': (target) => !inRoom(target, 'lib/rpc/') && GROUND.some((room) => inRoom(target, room)),
  '@own component': isOwn,
  '@own component without api': (target, path) => isOwn(target, path) && !isApi(target) && !isDriver(target),
  '@own component without drivers': (target, path) => isOwn(target, path) && !isDriver(target),
  '@own component without hosts': (target, path) => isOwn(target, path) && !isHost(target) && !isDriver(target),
  '@own driver': (target, path) => driverOf(target) === driverOf(path),
  '@plain of own component': (target, path, layout) =>
    isOwn(target, path) && !isDriver(target) && !isApi(target) && !isContract(target) && isPlain(target, layout),
  '@plain of an api': (target, _path, layout) =>
    !isContract(target) && !isHost(target) && !isDriver(target) && isPlain(target, layout) && isReachedByApi(target, layout),
};

const isContract = (path: string): boolean => inRoom(path, '*/rpcapi.ts');

/** Reaches neither database nor bus nor policy, through whatever it imports in its component. */
const isPlain = (target: string, layout: Layout): boolean =>
  /^(compute|conductor|network|scheduler|identity|image|volume|objectstore|keymgr|servicegroup|virt)\//.test(target) &&
  [...layout.within(target)].every(
    (file) => !isDriver(file) && layout.importsOf(file).every((next) => !NOT_PLAIN.some((room) => inRoom(next, room))),
  );

const isReachedByApi = (path: string, layout: Layout): boolean =>
  layout.filesOf(componentOf(path)).some((file) => isApi(file) && layout.within(file).has(path));

const NOT_PLAIN = ['db/', 'lib/rpc/', 'policy/policy.ts', 'quota/'];

/** `a/` is everything below that folder, `*` any one name, everything else a file. */
export function inRoom(path: string, room: string): boolean {
  const parts = room.replace(/\/$/, '').split('/');
  const names = path.split('/');
  if (room.endsWith('/') ? names.length <= parts.length : names.length !== parts.length) return false;
  return parts.every((part, n) => new RegExp(`^${part.replaceAll('.', String.raw`\.`).replaceAll('*', '[^/]*')}$`).test(names[n] ?? ''));
}

export const ruleOf = (path: string): LayerRule | undefined => layerRules.find(({ rooms }) => rooms.some((room) => inRoom(path, room)));

/** Whether the rule lets this file import that one. */
export const allows = ({ may }: LayerRule, target: string, path: string, layout: Layout): boolean =>
  may.some((room) => (room.startsWith('@') ? (special[room]?.(target, path, layout) ?? false) : inRoom(target, room)));
