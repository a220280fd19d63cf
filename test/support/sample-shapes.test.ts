import { expect, test } from 'vitest';
import { shapeFaults } from './sample-shapes.ts';

test.each([
  [{ a: 1 }, { a: 2 }, []],
  [{ a: 1 }, { a: '2' }, ['the answer.a is string, the sample number']],
  [{ a: 1 }, {}, ['the answer lacks a']],
  [{}, { a: 1 }, ['the answer has a, the sample does not']],
  [{ a: null }, { a: 1 }, []],
  [{ a: [{ b: 1 }] }, { a: [{ b: 1 }, { c: 1 }] }, ['the answer.a[] lacks b', 'the answer.a[] has c, the sample does not']],
  [{ a: [] }, { a: [1] }, []],
  [{ a: [{ b: 1 }, { c: 1 }] }, { a: [{ c: 2 }] }, []],
  [{ a: '2013-09-03T04:01:32Z' }, { a: '2026-11-22T06:47:57Z' }, []],
  [
    { a: '2013-09-03T04:01:32Z' },
    { a: '2026-11-22T06:47:57.000000' },
    ['the answer.a is not a time in seconds: 2026-11-22T06:47:57.000000'],
  ],
  [{ a: '192.168.1.30' }, { a: '' }, ['the answer.a is not an IPv4 address: ']],
  [{ extra_specs: { x: 'y' } }, { extra_specs: { z: 'y' } }, []],
  [{ hosts: { h: { s: { up: true } } } }, { hosts: { i: { z: { up: 1 } } } }, ['the answer.hosts.*.*.up is number, the sample boolean']],
])('%j against %j: %j', (sample, answer, faults) => {
  expect(shapeFaults(sample, answer)).toEqual(faults);
});
