import { expect, test } from 'vitest';
import { asId, type HostName } from '../objects/ids.ts';
import type { Refusal } from '../scheduler/request.ts';
import { NoValidHost } from './errors.ts';

type Reason = readonly [because: string, hosts: number];

const refusal = (filter: string, seen: number, reasons: readonly Reason[], otherReasons = 0): Refusal => ({
  filter,
  seen,
  refused: reasons.reduce((sum, [, hosts]) => sum + hosts, otherReasons),
  reasons: reasons.map(([because, hosts], index) => ({ because, hosts, examples: [asId<HostName>(`secret-host-${index}`)] })),
  otherReasons,
});

const messageOf = (hosts: number, refusals: readonly Refusal[]) => NoValidHost({ hosts, refusals }).message;

test('a cloud without hosts says so', () => {
  expect(messageOf(0, [])).toBe('No valid host was found. There is no compute host in this cloud yet.');
});

test('the message tells how many hosts each filter refused of how many, and why', () => {
  const ram = '128 MB of memory free, 512 MB wanted';
  expect(
    messageOf(3, [refusal('ComputeFilter', 3, [['the compute service has been silent for 90 s', 1]]), refusal('RamFilter', 2, [[ram, 2]])]),
  ).toBe(
    'No valid host was found. ComputeFilter refused 1 of 3 hosts: the compute service has been silent for 90 s; ' +
      'RamFilter refused 2 of 2 hosts: 128 MB of memory free, 512 MB wanted.',
  );
});

test('one host is not called hosts', () => {
  expect(messageOf(1, [refusal('CoreFilter', 1, [['too small', 1]])])).toBe(
    'No valid host was found. CoreFilter refused 1 of 1 host: too small.',
  );
});

test('reasons are told with their counts, and rare ones are summed up', () => {
  const [a, b, c, d]: readonly [Reason, Reason, Reason, Reason] = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 1],
  ];
  expect(messageOf(8, [refusal('RamFilter', 8, [c, b, a, d], 1)])).toBe(
    'No valid host was found. RamFilter refused 8 of 8 hosts: c (3), b (2), a (1) and 2 other reasons.',
  );
  expect(messageOf(3, [refusal('RamFilter', 3, [b, a])])).toContain('b (2), a (1).');
  expect(messageOf(4, [refusal('RamFilter', 4, [a, a, a, d])])).toContain('and 1 other reason.');
  expect(messageOf(9, [refusal('RamFilter', 9, [c], 6)])).toContain('c (3) and 6 other reasons.');
});

test('host names are in the params for operators, not in the message', () => {
  const error = NoValidHost({ hosts: 1, refusals: [refusal('RamFilter', 1, [['too small', 1]])] });
  expect(error.message).not.toContain('secret-host');
  expect(JSON.stringify(error.params)).toContain('secret-host-0');
});
