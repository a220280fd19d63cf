import { expect, test } from 'vitest';
import { asId, type HostName } from '../../objects/ids.ts';
import type { HostState } from '../host-state.ts';
import { defaultOptions, type SchedulerOptions, weightingOf } from '../options.ts';
import { sampleHost, sampleRequest } from '../scheduler-samples.ts';
import { allWeighers, defaultMultipliers, weighersWith } from './index.ts';
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
  ['IoOpsWeigher', { busyServers: 1 }, {}],
  ['NumInstancesWeigher', { servers: 1 }, {}],
  ['HypervisorVersionWeigher', { hypervisorVersion: 9_000_001 }, {}],
  ['MetricsWeigher', { metrics: { a: 3, b: 4 } }, {}],
  ['ImagePropertiesWeigher', {}, { likeImagesOn: new Map([[asId<HostName>('more'), 2]]) }],
  ['ServerGroupSoftAffinityWeigher', {}, group('soft-affinity')],
])('%s prefers the host that has more', (name, more, request) => {
  expect(preferred(name, more, request, { metricWeights: weightingOf(['a=2', 'b=-1']) })).toBe('more');
});

// Fault 2026-11 E11.
test('ServerGroupSoftAntiAffinityWeigher prefers the host that has fewer members', () => {
  expect(preferred('ServerGroupSoftAntiAffinityWeigher', {}, group('soft-anti-affinity'))).toBe('less');
});

test('BuildFailureWeigher prefers the host where guests could be made lately', () => {
  expect(preferred('BuildFailureWeigher', { failedBuilds: 1 }, {})).toBe('less');
});

test('a host without a metric weighs what is configured', () => {
  const options = { metricWeights: weightingOf(['a=1']), weightOfUnavailable: -5 };
  expect(preferred('MetricsWeigher', { metrics: { a: -4 } }, {}, options)).toBe('more');
  expect(preferred('MetricsWeigher', { metrics: { a: -6 } }, {}, options)).toBe('less');
});

test('an aggregate overrides a multiplier for its hosts, the least of several counts', () => {
  const hosts = [
    sampleHost('plain', { freeRamMb: 10 }),
    sampleHost('stacked', {
      freeRamMb: 10,
      aggregates: ['-2', '3'].map((value, id) => ({ id, metadata: { ram_weight_multiplier: value } })),
    }),
  ];
  const weighers = weighersWith(defaultMultipliers).filter(({ name }) => name === 'RAMWeigher');
  expect([...weigh(hosts, sampleRequest(), { weighers, options: defaultOptions })]).toEqual([1, -2]);
});

/** The host that a weigher alone prefers. */
function preferred(
  name: string,
  more: Partial<HostState>,
  request: Parameters<typeof sampleRequest>[0],
  options: Partial<SchedulerOptions> = {},
): string | undefined {
  const hosts = [sampleHost('less'), sampleHost('more', more)];
  const weighers = allWeighers.filter((weigher) => weigher.name === name).map((weigher) => ({ ...weigher, multiplier: 1 }));
  const [less = 0, greater = 0] = weigh(hosts, sampleRequest(request), { weighers, options: { ...defaultOptions, ...options } });
  return less === greater ? undefined : less > greater ? 'less' : 'more';
}
