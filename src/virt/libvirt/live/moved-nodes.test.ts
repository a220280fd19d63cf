import { expect, test } from 'vitest';
import { sampleGuest } from '../../guest-samples.ts';
import { domainSamples } from '../domain-samples.ts';
import { domainXml } from '../domain-xml.ts';
import { attributeOf, childrenOf, elementAt, readXml } from '../read-xml.ts';
import { movedTo } from './moved-nodes.ts';

const definitionOf = (name: string): string => domainXml(domainSamples[name] ?? expect.fail(`no sample ${name}`));
const { disk: _, kernel: __, ramdisk: ___, ...plain } = sampleGuest();
const guest = { ...plain, image: null };

test('a pinned guest gets the CPUs and nodes that it has there, and keeps its limits and its pages', () => {
  const node = { memoryMb: 128, threads: 1, hostNode: 3, pins: [], floatsOn: [8, 9], held: [] };
  const numa = {
    nodes: [
      { ...node, cpus: [0, 2] },
      { ...node, cpus: [1, 3], pins: [{ cpu: 1, on: 7 }] },
    ],
    pageKib: 2_048,
    emulatorOn: [8],
  };
  const moved = readXml(movedTo(definitionOf('pinned'), { ...guest, numa }, '0,1'));
  const tuning = elementAt(moved, 'cputune');
  expect(childrenOf(tuning, 'vcpupin').map((pin) => `${attributeOf(pin, 'vcpu')} on ${attributeOf(pin, 'cpuset')}`)).toEqual([
    '0 on 8,9',
    '1 on 7',
    '2 on 8,9',
    '3 on 8,9',
  ]);
  expect([attributeOf(elementAt(tuning, 'emulatorpin'), 'cpuset'), childrenOf(tuning, 'shares').length]).toEqual(['8', 1]);
  expect(childrenOf(elementAt(moved, 'numatune'), 'memnode').map((one) => attributeOf(one, 'nodeset'))).toEqual(['3', '3']);
  expect(attributeOf(elementAt(moved, 'memoryBacking', 'hugepages', 'page'), 'size')).toBe('2048');
  expect(attributeOf(elementAt(moved, 'vcpu'), 'cpuset')).toBeUndefined();
});

test.each([['0,1'], [undefined]])('another guest runs on the CPUs that guests share there: %s', (shared) => {
  expect(attributeOf(elementAt(readXml(movedTo(definitionOf('shared-processors'), guest, shared)), 'vcpu'), 'cpuset')).toBe(shared);
});
