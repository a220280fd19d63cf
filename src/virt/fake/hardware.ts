/** The hardware that simulated hosts give to guests: all that is known. */
import { hostTrait } from '../../objects/hardware/required-traits.ts';

/** Its traits. */
export const simulatedTraits: readonly string[] = [
  hostTrait.bios,
  hostTrait.uefi,
  hostTrait.secureBoot,
  hostTrait.cpuLimits,
  hostTrait.vifLimits,
  hostTrait.lockedMemory,
  hostTrait.addressSpace('emulate'),
  hostTrait.addressSpace('passthrough'),
  ...['pc', 'q35'].map(hostTrait.machine),
  ...['1.2', '2.0'].map(hostTrait.tpmVersion),
  ...['tpm-tis', 'tpm-crb'].map(hostTrait.tpmModel),
  ...['virtio', 'scsi', 'sata', 'ide', 'usb'].map(hostTrait.diskBus),
  ...['cirrus', 'qxl', 'vga', 'vmvga', 'virtio', 'none', 'bochs'].map(hostTrait.video),
  ...['virtio', 'e1000', 'e1000e', 'rtl8139', 'ne2k_pci', 'pcnet'].map(hostTrait.vif),
];
