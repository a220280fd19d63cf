import { expect, test } from 'vitest';
import { checkDevices } from './missing-devices.ts';

test.each([
  [{ 'accel:device_profile': 'fpga' }, 'Device profile name fpga: Expected 1 device profile but got nothing.'],
  [{ 'hw:pmem': '6GB,2GB' }, 'No host can give the persistent memory 6GB,2GB, which the flavor asks for by hw:pmem.'],
  [{ 'resources:VGPU': '1' }, 'No host can give resources of the class VGPU, which the flavor asks for by resources:VGPU.'],
  [
    { 'resources_net:SRIOV_NET_VF': '2' },
    'No host can give resources of the class SRIOV_NET_VF, which the flavor asks for by resources_net:SRIOV_NET_VF.',
  ],
])('%j is refused', (extraSpecs, why) => {
  expect(() => checkDevices({ extraSpecs })).toThrow(why);
});

test('what hosts have, and none of what they have not, is not refused', () => {
  const extraSpecs = {
    'resources:VCPU': '2',
    'resources:MEMORY_MB': '64',
    'resources:VGPU': '0',
    'resources1:CUSTOM_LICENCE': '1',
    'hw:cpu_policy': 'shared',
    'hw:pmem': '',
  };
  expect(checkDevices({ extraSpecs })).toBeUndefined();
});
