import { expect, test } from 'vitest';
import { checkLimits, limitsOf } from './front-end-limits.ts';

test('limits of a GiB grow with the volume, but not below their least', () => {
  const specs = { read_iops_sec_per_gb: '10', read_iops_sec_per_gb_min: '100', total_bytes_sec: '5', vendor: 'x' };
  expect(limitsOf(specs, 4)).toEqual({ read_iops_sec: '100', total_bytes_sec: '5' });
  expect(limitsOf(specs, 40)).toEqual({ read_iops_sec: '400', total_bytes_sec: '5' });
});

test('limits that no hypervisor keeps to are refused, and what it does not know is left alone', () => {
  checkLimits({ total_iops_sec: '1', read_bytes_sec: '2', vendor: 'any' });
  for (const wrong of ['0', '-1', '1.5', 'many', '']) expect(() => checkLimits({ read_iops_sec: wrong })).toThrow('whole number');
  expect(() => checkLimits({ total_iops_sec: '1', read_iops_sec_per_gb: '1' })).toThrow('cannot be combined');
});
