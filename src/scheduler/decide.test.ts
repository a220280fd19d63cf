import { array, assert, boolean, constantFrom, integer, nat, property, record, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededIds } from '../lib/clock/ids.ts';
import { asId, type HostName } from '../objects/ids.ts';
import { decide, type Rules } from './decide.ts';
import { availabilityZoneFilter } from './filters/availability-zone.ts';
import { computeFilter } from './filters/compute.ts';
import { coreFilter } from './filters/core.ts';
import { diskFilter } from './filters/disk.ts';
import { ramFilter } from './filters/ram.ts';
import { retryFilter } from './filters/retry.ts';
import type { HostState } from './host-state.ts';
import { defaultOptions } from './options.ts';
import { sampleHost, sampleRequest, verdictOf } from './scheduler-samples.ts';
import { allWeighers } from './weights/index.ts';

const filters = [retryFilter, computeFilter, availabilityZoneFilter, ramFilter, coreFilter, diskFilter];
const weighers = allWeighers.map((weigher) => ({ ...weigher, multiplier: 1 }));
const rules: Rules = { filters, weighers, options: defaultOptions, maxHosts: 3, subsetSize: 1 };

const chosen = (hosts: readonly HostState[], more: Partial<Rules> = {}, seed = 1) =>
  decide(hosts, sampleRequest(), { ...rules, ...more }, seededIds(seed)).hosts.map(({ host }) => host as string);

test('the host with most left wins, the next ones are alternates', () => {
  const hosts = [4_000, 1_000, 8_000, 2_000].map((freeRamMb) => sampleHost(`free-${freeRamMb}`, { freeRamMb }));
  expect(chosen(hosts)).toEqual(['free-8000', 'free-4000', 'free-2000']);
});

test('a negative multiplier fills hosts up instead of spreading', () => {
  const hosts = [4_000, 1_000, 8_000].map((freeRamMb) => sampleHost(`free-${freeRamMb}`, { freeRamMb }));
  expect(chosen(hosts, { weighers: weighers.map((weigher) => ({ ...weigher, multiplier: -1 })) })[0]).toBe('free-1000');
});

test('a host that one filter refused is not shown to the next, and each refusal is counted once', () => {
  const hosts = [sampleHost('down', { up: false, freeRamMb: 0 }), sampleHost('small', { freeRamMb: 0 }), sampleHost('good')];
  const { refusals } = decide(hosts, sampleRequest(), rules, seededIds());
  expect(refusals).toMatchObject([
    { filter: 'ComputeFilter', seen: 3, refused: 1, reasons: [{ hosts: 1, examples: ['down'] }] },
    { filter: 'RamFilter', seen: 2, refused: 1, reasons: [{ hosts: 1, examples: ['small'] }] },
  ]);
});

test('no hosts, no choice and no reasons', () => {
  expect(decide([], sampleRequest(), rules, seededIds())).toEqual({ hosts: [], refusals: [], weights: [] });
});

/** The first choice for the same request, over many draws. */
const firsts = (hosts: readonly HostState[], more: Partial<Rules> = {}) =>
  new Set(Array.from({ length: 60 }, (_, seed) => chosen(hosts, more, seed + 1)[0]));

describe('among many of the best', () => {
  const equal = ['a', 'b', 'c', 'd'].map((name) => sampleHost(name));

  test('equals take turns', () => {
    expect([...firsts(equal)].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a worse one is not drawn, unless the subset reaches to it', () => {
    const hosts = [8_000, 8_000, 4_000, 2_000].map((freeRamMb, index) => sampleHost(`${index}-${freeRamMb}`, { freeRamMb }));
    expect([...firsts(hosts)].sort()).toEqual(['0-8000', '1-8000']);
    expect([...firsts(hosts, { subsetSize: 3 })].sort()).toEqual(['0-8000', '1-8000', '2-4000']);
    expect(firsts(hosts, { subsetSize: 100 }).size).toBe(4);
  });
});

describe('of any cloud', () => {
  const host = record({
    name: nat(20),
    up: boolean(),
    zone: constantFrom('nova', 'west'),
    freeRamMb: integer({ min: -512, max: 2_048 }),
    freeVcpus: integer({ min: -2, max: 6 }),
    vcpus: integer({ min: 1, max: 6 }),
    freeDiskGb: integer({ min: -5, max: 20 }),
  });
  const cloud = uniqueArray(host, { selector: ({ name }) => name, maxLength: 12 }).map((hosts) =>
    hosts.map(({ name, ...state }) => sampleHost(`host-${name}`, state)),
  );
  const request = record({
    flavor: record({ ramMb: nat(1_024), vcpus: integer({ min: 1, max: 4 }), rootGb: nat(10) }),
    zone: constantFrom(null, 'nova', 'west'),
    excludedHosts: array(
      nat(20).map((name) => asId<HostName>(`host-${name}`)),
      { maxLength: 2 },
    ),
  }).map(sampleRequest);
  const anyRules = record({ maxHosts: integer({ min: 1, max: 5 }), subsetSize: integer({ min: 1, max: 5 }) }).map((more) => ({
    ...rules,
    ...more,
  }));
  const seed = nat(1_000);

  test('hosts that are named pass every filter, no one twice, and no more than asked for', () => {
    assert(
      property(cloud, request, anyRules, seed, (hosts, wanted, some, n) => {
        const decision = decide(hosts, wanted, some, seededIds(n));
        for (const one of decision.hosts) for (const filter of filters) expect(verdictOf(filter, one, wanted)).toEqual({ passes: true });
        expect(new Set(decision.hosts).size).toBe(decision.hosts.length);
        expect(decision.hosts.length).toBeLessThanOrEqual(some.maxHosts);
      }),
    );
  });

  test('every host is either fit or refused once, and a request is refused only when all are', () => {
    assert(
      property(cloud, request, seed, (hosts, wanted, n) => {
        const decision = decide(hosts, wanted, { ...rules, maxHosts: 100 }, seededIds(n));
        const refused = decision.refusals.reduce((sum, refusal) => sum + refusal.refused, 0);
        expect(refused + decision.hosts.length).toBe(hosts.length);
        for (const { reasons, refused: all } of decision.refusals) expect(reasons.reduce((sum, reason) => sum + reason.hosts, 0)).toBe(all);
      }),
    );
  });

  test('more capacity never turns a placed request away', () => {
    const more = record({ freeRamMb: nat(500), freeVcpus: nat(4), freeDiskGb: nat(10) });
    assert(
      property(cloud, array(more, { minLength: 12, maxLength: 12 }), host, request, seed, (hosts, added, newcomer, wanted, n) => {
        const before = decide(hosts, wanted, rules, seededIds(n)).hosts.length;
        const grown = hosts.map((one, index) => {
          const { freeRamMb = 0, freeVcpus = 0, freeDiskGb = 0 } = added[index] ?? {};
          return {
            ...one,
            freeRamMb: one.freeRamMb + freeRamMb,
            freeVcpus: one.freeVcpus + freeVcpus,
            vcpus: one.vcpus + freeVcpus,
            freeDiskGb: one.freeDiskGb + freeDiskGb,
          };
        });
        const after = decide([...grown, sampleHost(`newcomer-${newcomer.name}`, { ...newcomer })], wanted, rules, seededIds(n)).hosts
          .length;
        expect(after).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  test('the same snapshot and the same chance decide the same, in whatever order the hosts stand', () => {
    assert(
      property(cloud, request, seed, (hosts, wanted, n) => {
        expect(decide(hosts, wanted, rules, seededIds(n))).toEqual(decide(hosts, wanted, rules, seededIds(n)));
        const names = (some: readonly HostState[]) =>
          decide(some, wanted, { ...rules, maxHosts: 100 }, seededIds(n))
            .hosts.map(({ host: name }) => name)
            .sort();
        expect(names([...hosts].reverse())).toEqual(names(hosts));
      }),
    );
  });
});
