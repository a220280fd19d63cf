import { expect, test } from 'vitest';
import { cpuOf, guestTypesOf, versionNumber } from './host-capacity.ts';

const capabilities = `<capabilities>
  <host>
    <uuid>u</uuid>
    <cpu>
      <arch>x86_64</arch><model>EPYC</model><vendor>AMD</vendor>
      <topology sockets='1' dies='1' cores='2' threads='1'/>
      <feature name='ht'/><feature name='osxsave'/>
      <pages unit='KiB' size='4'/>
    </cpu>
  </host>
  <guest>
    <os_type>hvm</os_type>
    <arch name='i686'><wordsize>32</wordsize><domain type='qemu'/><domain type='kvm'/></arch>
  </guest>
  <guest>
    <os_type>hvm</os_type>
    <arch name='x86_64'><wordsize>64</wordsize><domain type='qemu'/><domain type='kvm'/></arch>
  </guest>
</capabilities>`;

test('the processor is read from the capabilities', () => {
  expect(cpuOf(capabilities)).toEqual({ arch: 'x86_64', model: 'EPYC', vendor: 'AMD', features: ['ht', 'osxsave'] });
});

test('kvm counts only if it was proven', () => {
  expect(guestTypesOf(capabilities, 'qemu')).toEqual([
    ['i686', 'qemu', 'hvm'],
    ['x86_64', 'qemu', 'hvm'],
  ]);
  expect(guestTypesOf(capabilities, 'kvm')).toContainEqual(['x86_64', 'kvm', 'hvm']);
});

test('a version is one number', () => {
  expect(versionNumber('7.2.22')).toBe(7_002_022);
});
