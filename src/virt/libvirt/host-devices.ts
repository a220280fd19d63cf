/** The PCI devices of this machine, as its kernel lists them. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { MachineDevice } from '../../objects/pci/device-spec.ts';

const SYSFS = '/sys/bus/pci/devices';

/** Reads all devices. One that is unplugged meanwhile is left out. */
export async function machineDevices(root = SYSFS): Promise<readonly MachineDevice[]> {
  const addresses = await readdir(root).catch(() => []);
  const found = await Promise.all(addresses.toSorted().map((address) => deviceAt(root, address).catch(() => undefined)));
  return found.flatMap((device) => device ?? []);
}

async function deviceAt(root: string, address: string): Promise<MachineDevice> {
  const at = (name: string): string => join(root, address, name);
  const [vendor, product, node, functions, parent, interfaces] = await Promise.all([
    readFile(at('vendor'), 'utf8'),
    readFile(at('device'), 'utf8'),
    readFile(at('numa_node'), 'utf8').catch(() => '-1'),
    readFile(at('sriov_totalvfs'), 'utf8').catch(() => '0'),
    readlink(at('physfn')).then(basename, () => undefined),
    readdir(at('net')).catch(() => []),
  ]);
  const own = parent === undefined ? [] : await readdir(join(root, parent, 'net')).catch(() => []);
  return {
    address,
    vendorId: idIn(vendor),
    productId: idIn(product),
    type: parent === undefined ? (Number(functions) > 0 ? 'type-PF' : 'type-PCI') : 'type-VF',
    // The kernel says -1 where the firmware does not tell.
    node: Number(node) < 0 ? null : Number(node),
    ...(parent !== undefined && { parent }),
    interfaces: [...interfaces, ...own],
  };
}

/** `0x10de` as `10de`. */
const idIn = (text: string): string => text.trim().replace(/^0x/, '').toLowerCase();
