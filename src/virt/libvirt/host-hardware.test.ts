import { expect, test } from 'vitest';
import { traitsIn } from './host-hardware.ts';

const q35 = `<domainCapabilities>
  <os supported='yes'>
    <enum name='firmware'><value>efi</value></enum>
    <loader supported='yes'><enum name='type'><value>pflash</value></enum><enum name='secure'><value>yes</value><value>no</value></enum></loader>
  </os>
  <devices>
    <disk supported='yes'><enum name='bus'><value>fdc</value><value>scsi</value><value>virtio</value></enum></disk>
    <video supported='yes'><enum name='modelType'><value>vga</value><value>virtio</value></enum></video>
    <tpm supported='yes'>
      <enum name='model'><value>tpm-crb</value></enum>
      <enum name='backendModel'><value>passthrough</value><value>emulator</value></enum>
      <enum name='backendVersion'><value>2.0</value></enum>
    </tpm>
  </devices>
</domainCapabilities>`;

test('what machines can have becomes traits, and what guests here are never given does not', () => {
  expect(traitsIn(q35)).toEqual([
    'COMPUTE_FIRMWARE_UEFI',
    'COMPUTE_SECURITY_UEFI_SECURE_BOOT',
    'COMPUTE_SECURITY_TPM_2_0',
    'COMPUTE_SECURITY_TPM_CRB',
    'COMPUTE_GRAPHICS_MODEL_VGA',
    'COMPUTE_GRAPHICS_MODEL_VIRTIO',
    'COMPUTE_STORAGE_BUS_SCSI',
    'COMPUTE_STORAGE_BUS_VIRTIO',
  ]);
});

test.each([
  ['without firmware', q35.replace('<value>efi</value>', ''), 'UEFI'],
  ['without an emulator of TPMs', q35.replace('<value>emulator</value>', ''), 'TPM'],
])('a machine %s has no such traits', (_, described, name) => {
  expect(traitsIn(described).filter((trait) => trait.includes(name))).toEqual([]);
});
