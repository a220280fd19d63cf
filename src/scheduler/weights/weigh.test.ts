import { expect, test } from 'vitest';
import { asId, type HostName } from '../../objects/ids.ts';
import type { HostState } from '../host-state.ts';
import { sampleHost, sampleRequest } from '../scheduler-samples.ts';
import { allWeighers } from './index.ts';
import { normalise, weigh } from './weigh.ts';
import type { Weigher } from './weigher.ts';

const normalised = (values: readonly number[], least?: number) => [...normalise(Float64Array.from(values), least)];

test('values are brought to between 0 and 1, equal ones to 0', () => {
  expect(normalised([10, 20, 15])).toEqual([0, 1, 0.5]);
  expect(normalised([7, 7])).toEqual([0, 0]);
  expect(normalised([-10, 0])).toEqual([0, 1]);
  expect(normalised([])).toEqual([]);
});

test('counted from nothing, equal values are all the best, and what is below nothing is the worst', () => {
  expect(normalised([7, 7], 0)).toEqual([1, 1]);
  expect(normalised([-10, 0, 10], 0)).toEqual([0, 0.5, 1]);
});

const group = (policy: 'soft-affinity' | 'soft-anti-affinity') => ({
  group: { policy, maxServerPerHost: 1, membersOn: new Map([[asId<HostName>('more'), 2]]) },
});

// Fault 2026-11 E11.
test.each<[Weigher['name'], Partial<HostState>, Parameters<typeof sampleRequest>[0]]>([
  ['RAMWeigher', { freeRamMb: 20_000 }, {}],
  ['CPUWeigher', { freeVcpus: 9 }, {}],
  ['DiskWeigher', { freeDiskGb: 200 }, {}],
  ['ServerGroupSoftAffinityWeigher', {}, group('soft-affinity')],
])('%s prefers the host that has more', (name, more, request) => {
  expect(preferred(name, more, request)).toBe('more');
});

// Fault 2026-11 E11.
test('ServerGroupSoftAntiAffinityWeigher prefers the host that has fewer members', () => {
  expect(preferred('ServerGroupSoftAntiAffinityWeigher', {}, group('soft-anti-affinity'))).toBe('less');
});

/** The host that a weigher alone prefers. */
function preferred(name: string, more: Partial<HostState>, request: Parameters<typeof sampleRequest>[0]): string | undefined {
  const hosts = [sampleHost('less'), sampleHost('more', more)];
  const weighers = allWeighers.filter((weigher) => weigher.name === name).map((weigher) => ({ ...weigher, multiplier: 1 }));
  const [less = 0, greater = 0] = weigh(hosts, sampleRequest(request), weighers);
  return less === greater ? undefined : less > greater ? 'less' : 'more';
}
