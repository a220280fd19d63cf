import { expect, test } from 'vitest';
import { defaultOptions } from '../options.ts';
import { sampleHost, sampleRequest } from '../scheduler-samples.ts';
import { computeFilter } from './compute.ts';
import { ramFilter } from './ram.ts';
import { throughFilters } from './through-filters.ts';

const rules = { filters: [computeFilter, ramFilter], options: defaultOptions };

test('where nobody is refused, the hosts are handed on as they are', () => {
  const hosts = [sampleHost('a'), sampleHost('b')];
  const { remaining, refusals } = throughFilters(hosts, sampleRequest(), rules);
  expect(remaining).toBe(hosts);
  expect(refusals).toEqual([]);
});

test('those who pass keep their order', () => {
  const hosts = ['a', 'b', 'c', 'd', 'e'].map((name) => sampleHost(name, { up: name !== 'b', freeRamMb: name === 'd' ? 0 : 1_000 }));
  expect(throughFilters(hosts, sampleRequest(), rules).remaining.map(({ host }) => host)).toEqual(['a', 'c', 'e']);
});

test('like reasons are counted together, the commonest first, each with a few hosts', () => {
  const hosts = Array.from({ length: 30 }, (_, n) => sampleHost(`host-${n}`, { freeRamMb: n < 10 ? 1 : 2 }));
  expect(throughFilters(hosts, sampleRequest(), rules).refusals).toEqual([
    {
      filter: 'RamFilter',
      seen: 30,
      refused: 30,
      reasons: [
        { because: '2 MB of memory free, 512 MB wanted', hosts: 20, examples: [10, 11, 12, 13, 14].map((n) => `host-${n}`) },
        { because: '1 MB of memory free, 512 MB wanted', hosts: 10, examples: [0, 1, 2, 3, 4].map((n) => `host-${n}`) },
      ],
      otherReasons: 0,
    },
  ]);
});

test('a cloud of thousands that are all full in their own way is told in a few words', () => {
  const hosts = Array.from({ length: 1_000 }, (_, n) => sampleHost(`host-${n}`, { freeRamMb: -n }));
  const [refusal] = throughFilters(hosts, sampleRequest(), rules).refusals;
  expect(refusal).toMatchObject({ seen: 1_000, refused: 1_000, otherReasons: 990 });
  expect(JSON.stringify(refusal).length).toBeLessThan(2_000);
});
