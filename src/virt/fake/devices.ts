/** The PCI devices of a simulated host that somebody described. */
import type { MachineDevice } from '../../objects/pci/device-spec.ts';

const SHAPE = /^(\d{1,2})x([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:@(\d{1,2}))?$/;

/** What is wrong with described devices, as the end of a sentence "the value ..."; undefined when nothing is. */
export const simulatedDevicesProblem = (written: string): string | undefined =>
  SHAPE.test(written) ? undefined : 'is not of the form COUNTxVENDOR:PRODUCT@NODE, such as 8x10de:1eb8@0';

/** `8x10de:1eb8@0`: eight such devices near node 0, each kind on a bus of its own. */
export const devicesOf = (written: readonly string[]): readonly MachineDevice[] =>
  written.flatMap((kind, bus) => {
    const [, count = '0', vendor = '', product = '', node] = SHAPE.exec(kind) ?? [];
    return Array.from({ length: Number(count) }, (_, n) => ({
      address: `0000:${hex(bus + 1)}:${hex(n >> 3)}.${n % 8}`,
      vendorId: vendor.toLowerCase(),
      productId: product.toLowerCase(),
      type: 'type-PCI' as const,
      node: node === undefined ? null : Number(node),
      interfaces: [],
    }));
  });

const hex = (value: number): string => value.toString(16).padStart(2, '0');
