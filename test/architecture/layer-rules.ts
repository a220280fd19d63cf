/** Who may import whom, as a table; the first row whose files it is decides. The design says the same in words. */
import type { Layout } from './layout.ts';

export interface LayerRule {
  /** The law, as whoever broke it should read it. */
  readonly law: string;
  /** Whose law it is; paths are below `src/`. */
  readonly of: (path: string, layout: Layout) => boolean;
  readonly may: (target: string, path: string, layout: Layout) => boolean;
}

const below = (...folders: string[]): ((path: string) => boolean) => {
  const pattern = new RegExp(`^(${folders.join('|')})/`);
  return (path) => pattern.test(path);
};

const isLib = below('lib');
const isObject = (path: string): boolean => below('objects')(path) || path === 'microversions.ts';
const isGround = (path: string): boolean => isLib(path) || isObject(path);
const isDb = below('db');
const isBus = below('lib/rpc');
const isPolicyOrQuota = below('policy', 'quota');
/** Components that others call in their own process. */
const isLeaf = below('events', 'notifications', 'identity', 'image', 'volume', 'keymgr', 'servicegroup');
const isDriver = (path: string): boolean => /^(\w+\/drivers|virt)\/[^/]+(\/|\.ts$)/.test(path) && !/^virt\/[^/]+\.ts$/.test(path);
const isApi = (path: string): boolean => /^\w+\/([\w-]+-)?api\.ts$/.test(path);
const isContract = (path: string): boolean => /^\w+\/(rpcapi|operations)\.ts$/.test(path);
const isManager = (path: string): boolean => path.endsWith('/manager.ts');
const isAction = (path: string): boolean => /^\w+\/actions\//.test(path);
const isVirt = below('virt');
/** The hypervisor as an interface: what all its drivers share. */
const isVirtInterface = (path: string): boolean => isVirt(path) && !isDriver(path);

const componentOf = (path: string): string => path.split('/')[0] ?? '';
const isOwn = (target: string, path: string): boolean => componentOf(target) === componentOf(path);
/** `network/drivers/flat-dhcp` of a file in it. */
const driverOf = (path: string): string => (/^(\w+\/drivers|virt)\/[^/]+/.exec(path)?.[0] ?? path).replace(/\.ts$/, '');

export const layerRules: readonly LayerRule[] = [
  { law: 'cmd constructs everything and may import everything', of: below('cmd'), may: () => true },
  { law: 'lib knows nothing of clouds: it imports only lib', of: isLib, may: isLib },
  { law: 'objects and microversions are plain values: they import only objects and lib', of: isObject, may: isGround },
  {
    law: 'quota is counted from rows: it imports db, objects and lib',
    of: below('quota'),
    may: (target, path) => isGround(target) || isDb(target) || isOwn(target, path),
  },
  {
    law: 'the books are proven from rows: books import db, objects and lib',
    of: below('books'),
    may: (target, path) => (isGround(target) && !isBus(target)) || isDb(target) || isOwn(target, path),
  },
  {
    law: 'db, policy, events and notifications import only objects and lib',
    of: below('db', 'policy', 'events', 'notifications'),
    may: (target, path) => isGround(target) || isOwn(target, path),
  },
  {
    law: 'a driver of a leaf component that keeps its books in our database imports db, its interface, plain parts of its component, objects and lib',
    of: (path) => isLeaf(path) && isDriver(path),
    may: (target, path) => (isGround(target) && !isBus(target)) || isDb(target) || (isOwn(target, path) && !isApi(target)),
  },
  {
    law: 'an edge knocks at api.ts: it imports api files and the words they speak, action declarations, objects, microversions and lib',
    of: below('api'),
    may: (target, path, layout) =>
      isGround(target) || isOwn(target, path) || isApi(target) || isAction(target) || isWordOfApi(target, layout),
  },
  {
    law: 'a driver imports its interface, plain parts of its component, objects and lib; never another driver, the database or the bus',
    of: isDriver,
    may: (target, path, layout) =>
      (isGround(target) && !isBus(target)) ||
      driverOf(target) === driverOf(path) ||
      (isOwn(target, path) && !isDriver(target) && !isApi(target) && !isContract(target) && isPlain(target, layout)),
  },
  {
    law: 'the hypervisor interface imports only objects and lib',
    of: isVirt,
    may: (target) => isGround(target) || isVirtInterface(target),
  },
  {
    law: 'a contract imports only objects, lib, and the messages of its own component',
    of: isContract,
    may: (target, path, layout) =>
      isGround(target) || (isOwn(target, path) && !isDriver(target) && isPlain(target, layout)) || isForeignMessage(target, path, layout),
  },
  {
    law: 'an action declares: it imports its lifecycle, the driver interface, the names of policy rules, objects and lib',
    of: isAction,
    may: (target, path, layout) =>
      isGround(target) || isVirtInterface(target) || target === 'policy/rules.ts' || (isOwn(target, path) && isPlain(target, layout)),
  },
  {
    law: 'an api file imports its own component, contracts and api files of others, db, policy, quota, objects and lib',
    of: (path, layout) => isApi(path) || isApiPart(path, layout),
    may: (target, path) =>
      isGround(target) ||
      isDb(target) ||
      isPolicyOrQuota(target) ||
      isApi(target) ||
      /^\w+\/operations\.ts$/.test(target) ||
      (isOwn(target, path) && !isDriver(target) && !isManager(target)),
  },
  {
    law: 'a compute host never sees the database: it imports contracts, driver interfaces, objects and lib',
    of: below('compute'),
    may: (target, path, layout) => isGround(target) || isVirtInterface(target) || isMessage(target, layout) || isInner(target, path),
  },
  {
    law: 'a manager imports contracts of others, leaf components by their api files, its own drivers by their interface, db, objects and lib',
    of: () => true,
    may: (target, path, layout) =>
      isGround(target) || isDb(target) || isMessage(target, layout) || (isLeaf(target) && isApi(target)) || isInner(target, path),
  },
];

/** Inside a component all may be known but the drivers behind their interface. */
const isInner = (target: string, path: string): boolean => isOwn(target, path) && !isDriver(target);

/** A contract, or what a contract of its component says its messages with. */
const isMessage = (target: string, layout: Layout): boolean =>
  isContract(target) || layout.filesOf(componentOf(target)).some((file) => isContract(file) && layout.within(file).has(target));

/** Operations are written down by name and input, and speak of other components only with their messages. */
const isForeignMessage = (target: string, path: string, layout: Layout): boolean =>
  path.endsWith('/operations.ts') && isMessage(target, layout);

/** Reaches neither database nor bus, whatever it imports in its component. */
const isPlain = (target: string, layout: Layout): boolean =>
  [...layout.within(target)].every((file) => !isDriver(file) && layout.importsOf(file).every((next) => !isDb(next) && !isBus(next)));

/** What an api file's own signatures are made of: errors and plain records of its component. */
const isWordOfApi = (target: string, layout: Layout): boolean =>
  !isContract(target) && !isDriver(target) && !isManager(target) && isPlain(target, layout) && isReachedByApi(target, layout);

const isReachedByApi = (path: string, layout: Layout): boolean =>
  layout.filesOf(componentOf(path)).some((file) => isApi(file) && layout.within(file).has(path));

/** A part of an api file: reached from one, and from nothing else that a host or a manager runs. */
const isApiPart = (path: string, layout: Layout): boolean =>
  isReachedByApi(path, layout) &&
  !layout.filesOf(componentOf(path)).some((file) => !isApi(file) && !isReachedByApi(file, layout) && layout.within(file).has(path)) &&
  !isContract(path);
