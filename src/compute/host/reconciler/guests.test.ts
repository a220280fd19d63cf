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

test('books and hypervisor that agree need nothing', () => {
  expect(compareGuests([seen('a'), seen('b', 'paused')], [booked('a'), booked('b', { powerState: 'paused' })])).toEqual({
    orphans: [],
    power: [],
  });
});

test('a guest that no server stands for is an orphan', () => {
  expect(compareGuests([seen('a'), seen('b')], [booked('a')])).toEqual({ orphans: ['b'], power: [] });
});

test('a power state is told only while nothing is being done to the server', () => {
  const expected = [booked('a'), booked('b', { taskState: 'powering-off' })];
  expect(compareGuests([seen('a', 'shutdown'), seen('b', 'shutdown')], expected)).toEqual({ orphans: [], power: [seen('a', 'shutdown')] });
});

test.each(['incoming', 'outgoing'] as const)(
  'the guest of an %s server is no orphan, and its power state is not that of the server',
  (role) => {
    expect(compareGuests([seen('a', 'paused')], [booked('a', { role })])).toEqual({ orphans: [], power: [] });
  },
);

test('a server without a guest is not for the reconciler of guests to mend', () => {
  expect(compareGuests([], [booked('a')])).toEqual({ orphans: [], power: [] });
});

test('what the books know is never destroyed, and after the corrections there is nothing left to correct', () => {
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
