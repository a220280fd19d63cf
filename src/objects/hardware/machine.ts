/** What a guest asks of its machine and the firmware that starts it. */
export interface AskedMachine {
  readonly machine: string | undefined;
  readonly firmware: 'bios' | 'uefi';
  readonly secureBoot: 'required' | 'optional' | 'disabled';
}

/** The machine type: the one that is asked for, or what the firmware needs. Secure Boot takes a machine with a protected mode for its firmware. */
export const machineOf = ({ machine, firmware, secureBoot }: AskedMachine): string =>
  machine ?? (firmware === 'uefi' && secureBoot !== 'disabled' ? 'q35' : 'pc');

/** Whether the machine has PCI Express and SATA, where the other has PCI and IDE. */
export const isQ35 = (hardware: AskedMachine): boolean => /(^|-)q35(-|$)/.test(machineOf(hardware));
