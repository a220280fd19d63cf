import { expect, test } from 'vitest';
import { seededIds } from '../lib/clock/ids.ts';
import { asId, type HostName } from '../objects/ids.ts';
import { defaultRules } from '../../test/support/scheduling-rules.ts';
import { decide } from './decide.ts';
import { explain } from './explain.ts';
import { sampleHost, sampleRequest } from './scheduler-samples.ts';

const small = sampleHost('small', { freeRamMb: 1_000 });
const far = sampleHost('far', { zone: 'west', freeRamMb: 3_500 });
const down = sampleHost('down', { up: false, silentSeconds: 90 });

test('every host is told with every filter that refuses it, and what would have to be otherwise', () => {
  const told = explain([small, far, down], sampleRequest({ zone: 'nova', flavor: { ramMb: 4_000 } }), defaultRules);
  expect(told).toMatchObject({ winner: undefined, smallestChange: ['with 3000 MB of memory less'] });
  expect(told.hosts).toMatchObject([
    {
      host: 'small',
      objections: [{ filter: 'RamFilter', because: '1000 MB of memory free, 4000 MB wanted' }],
      wouldFit: ['with 3000 MB of memory less'],
    },
    {
      host: 'far',
      objections: [{ filter: 'AvailabilityZoneFilter', because: 'in zone west, nova wanted' }, { filter: 'RamFilter' }],
      wouldFit: ['in zone west', 'with 500 MB of memory less'],
    },
    { host: 'down', objections: [{ filter: 'ComputeFilter' }], wouldFit: undefined },
  ]);
});

test('the smallest change gives up the least: some memory rather than a whole wish', () => {
  const group = { policy: 'anti-affinity', maxServerPerHost: 1, membersOn: new Map([[asId<HostName>('large'), 1]]) } as const;
  const wanted = { group, flavor: { ramMb: 1_100 } };
  expect(explain([small, sampleHost('large')], sampleRequest(wanted), defaultRules).smallestChange).toEqual(['with 100 MB of memory less']);
  expect(explain([sampleHost('large')], sampleRequest(wanted), defaultRules).smallestChange).toEqual(['without anti-affinity']);
  expect(explain([down], sampleRequest(), defaultRules).smallestChange).toBeUndefined();
});

test('hosts that fit are told with what each weigher adds, and win as they are decided', () => {
  const hosts = [small, far, sampleHost('large'), down];
  const told = explain(hosts, sampleRequest(), defaultRules);
  const { hosts: decided, weights } = decide(hosts, sampleRequest(), defaultRules, seededIds());
  expect(told.winner).toBe(decided[0]?.host);
  expect(told.hosts.flatMap(({ host, weight }) => (weight === undefined ? [] : [{ host, weight }]))).toEqual(weights);
  const [best] = told.hosts;
  expect(best?.shares.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(best?.weight ?? 0);
  expect(best?.shares).toContainEqual({ weigher: 'RAMWeigher', raw: 16_384, share: 1 });
  expect(told.smallestChange).toBeUndefined();
});
