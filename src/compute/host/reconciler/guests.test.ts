import { array, assert, constantFrom, option, property, record, uniqueArray } from 'fast-check';
import { expect, test } from 'vitest';
import { asId, type ServerId } from '../../../objects/ids.ts';
import { type PowerState, powerStates } from '../../../objects/states.ts';
import { compareGuests, type ExpectedServer } from './guests.ts';

const seen = (id: string, powerState: PowerState = 'running') => ({ serverId: asId<ServerId>(id), powerState });
const booked = (id: string, more: Partial<ExpectedServer> = {}): ExpectedServer => ({
  serverId: asId<ServerId>(id),
  taskState: null,
  powerState: 'running',
  ...more,
});

test('no corrections if books and hypervisor agree', () => {
  expect(compareGuests([seen('a'), seen('b', 'paused')], [booked('a'), booked('b', { powerState: 'paused' })])).toEqual({
    orphans: [],
    power: [],
  });
});

test('a guest without a server is an orphan', () => {
  expect(compareGuests([seen('a'), seen('b')], [booked('a')])).toEqual({ orphans: ['b'], power: [] });
});

test('a power state is reported only while the server is idle', () => {
  const expected = [booked('a'), booked('b', { taskState: 'powering-off' })];
  expect(compareGuests([seen('a', 'shutdown'), seen('b', 'shutdown')], expected)).toEqual({ orphans: [], power: [seen('a', 'shutdown')] });
});

test.each(['incoming', 'outgoing'] as const)(
  "the guest of an %s server is no orphan, and its power state is not reported as the server's",
  (role) => {
    expect(compareGuests([seen('a', 'paused')], [booked('a', { role })])).toEqual({ orphans: [], power: [] });
  },
);

test('a server without a guest needs no correction here', () => {
  expect(compareGuests([], [booked('a')])).toEqual({ orphans: [], power: [] });
});

test('a guest of a known server is never destroyed, and the corrections leave nothing to correct', () => {
  const id = constantFrom('a', 'b', 'c', 'd', 'e').map((text) => asId<ServerId>(text));
  const power = constantFrom(...(Object.keys(powerStates) as PowerState[]));
  const observed = uniqueArray(record({ serverId: id, powerState: power }), { selector: ({ serverId }) => serverId });
  const expected = array(record({ serverId: id, powerState: power, taskState: option(constantFrom('spawning', 'deleting')) }));
  assert(
    property(observed, expected, (guests, servers) => {
      const { orphans, power: corrections } = compareGuests(guests, servers);
      expect(orphans.filter((orphan) => servers.some(({ serverId }) => serverId === orphan))).toEqual([]);
      const left = guests.filter(({ serverId }) => !orphans.includes(serverId));
      const corrected = servers.map((server) => ({ ...server, ...corrections.find(({ serverId }) => serverId === server.serverId) }));
      expect(compareGuests(left, corrected)).toEqual({ orphans: [], power: [] });
    }),
  );
});
