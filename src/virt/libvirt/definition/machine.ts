import type { GuestHardware } from '../../../objects/hardware/hardware.ts';

/** The machine type: that of the image, or what its firmware needs. Secure Boot takes a machine with a protected mode for its firmware. */
export const machineOf = ({ machine, firmware, secureBoot }: GuestHardware): string =>
  machine ?? (firmware === 'uefi' && secureBoot !== 'disabled' ? 'q35' : 'pc');

/** Whether the machine has PCI Express and SATA, where the other has PCI and IDE. */
export const isQ35 = (hardware: GuestHardware): boolean => /(^|-)q35(-|$)/.test(machineOf(hardware));
