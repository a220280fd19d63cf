import { LibvirtError } from '../libvirt-error.ts';
import type { Encoder } from '../xdr/codec.ts';

/** Flags on the wire are bits of a word; here they are names. A trailing `flags` argument may be left out. */
export const flags = <const B extends Readonly<Record<string, number>>>(bits: B): Encoder<readonly (keyof B & string)[] | undefined> => ({
  write: (writer, names = []) => {
    writer.uint(names.reduce((word, name) => (word | bitOf(bits, name)) >>> 0, 0));
  },
});

const bitOf = (bits: Readonly<Record<string, number>>, name: string): number => {
  const bit = bits[name];
  if (bit === undefined) throw new LibvirtError('invalid-arg', `There is no flag "${name}"; there are: ${Object.keys(bits).join(', ')}.`);
  return bit;
};

/** A flags word none of whose flags this client offers. */
export const noFlags: Encoder<undefined> = { write: (writer) => writer.uint(0) };

/** Which guests; none given means all. */
export const domainFilter = {
  active: 1,
  inactive: 2,
  persistent: 4,
  transient: 8,
  running: 16,
  paused: 32,
  shutoff: 64,
  other: 128,
} as const;

/** Whether a change of a device is for the running guest, for its definition, or both; none means the guest's current state decides. */
export const changeScope = { live: 1, config: 2 } as const;

/** How a guest is asked to shut down or reboot; none lets libvirt choose. */
export const shutdownWay = { acpi: 1, agent: 2, initctl: 4, signal: 8, paravirt: 16 } as const;
