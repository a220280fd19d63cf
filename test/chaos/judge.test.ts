import { expect, test } from 'vitest';
import { judge } from './judge.ts';
import { accept, Ledger, type PromisedServer } from './ledger.ts';
import type { Seen, SeenAction, SeenGuest, SeenServer } from './seen.ts';

const promises = {
  stop: { promised: 'stopped' },
  delete: { promised: 'deleted' },
  createImage: { promised: 'stopped', isRelative: true },
} as const;

/** A ledger with one server, whose creation and these actions were accepted. */
function promisedOne(...actions: readonly (keyof typeof promises)[]): Ledger {
  const ledger = new Ledger();
  const server: PromisedServer = {
    id: 's',
    tenant: 't',
    client: 0,
    acts: [{ action: 'create', promised: 'active' }],
    reset: null,
    stands: 'active',
    record: { name: 'one', description: null, metadata: {}, tags: new Set(), isLocked: false },
    ports: ['p'],
  };
  for (const action of actions) accept(server, { action, ...promises[action] });
  ledger.servers.set('s', server);
  return ledger;
}

const shown: SeenServer = {
  id: 's',
  name: 'one',
  state: 'active',
  task: null,
  fault: null,
  description: null,
  metadata: {},
  tags: [],
  isLocked: false,
};
const well = (action: string): SeenAction => ({ action, hasEnded: true, hasFailed: false, whys: [] });
const badly = (action: string, ...whys: string[]): SeenAction => ({ action, hasEnded: true, hasFailed: true, whys });

interface Found {
  readonly servers?: readonly SeenServer[];
  readonly actions?: readonly SeenAction[];
  readonly guests?: Seen['guests'];
}
const running: Seen['guests'] = new Map([['s', [{ host: 'a', power: 'running' }]]]);
const found = ({ servers = [shown], actions = [well('create')], guests = running }: Found = {}): Seen => ({
  servers: new Map(servers.map((server) => [server.id, server])),
  actions: new Map([['s', actions]]),
  guests,
  things: new Map(),
});

test('neither a kept promise nor one broken with a reason is a breach', () => {
  expect(judge(promisedOne(), found())).toEqual([]);
  const failed = { ...shown, state: 'error', fault: 'No valid host was found.' } as const;
  expect(judge(promisedOne(), found({ servers: [failed], actions: [badly('create')], guests: new Map() }))).toEqual([]);
  const actions = [badly('stop', 'compute_stop_instance: gone'), well('create')];
  expect(judge(promisedOne('stop'), found({ actions }))).toEqual([]);
  expect(judge(promisedOne('delete'), found({ servers: [], actions: [well('delete'), well('create')], guests: new Map() }))).toEqual([]);
});

test('an action that keeps the state keeps the one that an action before it failed to change', () => {
  const imaged = (stop: SeenAction) =>
    judge(promisedOne('stop', 'createImage'), found({ actions: [well('createImage'), stop, well('create')] }));
  expect(imaged(badly('stop', 'gone'))).toEqual([]);
  expect(imaged(well('stop'))).toEqual([expect.stringContaining('it is active after createImage went well')]);
});

test.each<[string, Ledger, Seen]>([
  ['it is gone', promisedOne(), found({ servers: [], guests: new Map() })],
  ['its delete was accepted, and it is there', promisedOne('delete'), found({ actions: [well('delete'), well('create')] })],
  ['it is active after stop went well', promisedOne('stop'), found({ actions: [well('stop'), well('create')] })],
  ['nobody says why', promisedOne('stop'), found({ actions: [badly('stop'), well('create')] })],
  ['create was accepted 1 times and is written down 2 times', promisedOne(), found({ actions: [well('create'), well('create')] })],
  ['its last act is stop, written down is create', promisedOne('stop'), found()],
  ['its stop has no end', promisedOne('stop'), found({ actions: [{ ...well('stop'), hasEnded: false }, well('create')] })],
  ['it is called two, not one', promisedOne(), found({ servers: [{ ...shown, name: 'two' }] })],
  ['it is still pausing', promisedOne(), found({ servers: [{ ...shown, task: 'pausing' }] })],
  ['it is active without a guest', promisedOne(), found({ guests: new Map() })],
  [
    'it has 2 guests, on a (running) and b (running)',
    promisedOne(),
    found({ guests: new Map([['s', (['a', 'b'] as const).map((host) => ({ host, power: 'running' }) as const)]]) }),
  ],
  ['server x (one) is there and was promised to nobody', promisedOne(), found({ servers: [shown, { ...shown, id: 'x' }] })],
  [
    'a guest of y, which is no server, is on a (paused)',
    promisedOne(),
    found({ guests: new Map<string, readonly SeenGuest[]>([...running, ['y', [{ host: 'a', power: 'paused' }]]]) }),
  ],
])('a breach is told: %s', (words, ledger, seen) => {
  expect(judge(ledger, seen)).toContainEqual(expect.stringContaining(words));
});
