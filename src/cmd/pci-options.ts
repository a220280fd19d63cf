/** The PCI devices that a host gives to guests, and the names under which flavors ask for them: Nova's options, old and new. */
import { option, optionGroup } from '../lib/config/option.ts';
import { json, multi } from '../lib/config/value-type.ts';
import { errorType } from '../lib/errors/error-type.ts';
import { type DeviceAlias, type DeviceAliases, numaPolicies, type WantedDevice } from '../objects/pci/device-request.ts';
import { customName, deviceSpecProblem } from '../objects/pci/device-spec.ts';
import { type DeviceType, deviceTypes } from '../objects/pci/host-device.ts';

/** An alias as it is written. */
interface Written {
  readonly name: string;
  readonly vendor_id?: string;
  readonly product_id?: string;
  readonly device_type?: string;
  readonly resource_class?: string;
  readonly traits?: string;
  readonly numa_policy?: DeviceAlias['numaPolicy'];
}

const KEYS = ['name', 'capability_type', 'vendor_id', 'product_id', 'device_type', 'resource_class', 'traits', 'numa_policy'];
/** What the oldest configurations say of devices by themselves. */
const OLD_TYPES = ['NIC', 'ACCEL', 'GPU'];

function aliasProblem(written: unknown): string | undefined {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return 'is not an object';
  const unknown = Object.keys(written).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) return `has the key ${unknown}, which has no effect here (known: ${KEYS.join(', ')})`;
  const unread = Object.entries(written).find(([key, value]) => key !== 'capability_type' && typeof value !== 'string');
  if (unread) return `has a ${unread[0]} that is not a text`;
  // Seam: the checks below find out.
  const { name, vendor_id, product_id, device_type, resource_class, numa_policy } = written as Written;
  if (typeof name !== 'string' || !/^[^:,\s]{1,256}$/.test(name)) return 'has no name without colons, commas and blanks';
  const hasIds = vendor_id !== undefined && product_id !== undefined;
  if (!hasIds && resource_class === undefined) return 'has neither vendor_id and product_id nor resource_class';
  if (hasIds && ![vendor_id, product_id].every((id) => /^[0-9a-fA-F]{4}$/.test(id))) return 'has an id that is not four hexadecimal digits';
  if (device_type !== undefined && ![...deviceTypes, ...OLD_TYPES].includes(device_type))
    return `has the unknown device_type ${device_type}`;
  if (numa_policy !== undefined && !numaPolicies.includes(numa_policy)) return `has the unknown numa_policy ${String(numa_policy)}`;
  return undefined;
}

const specs = (help: string) => option(multi(json(deviceSpecProblem)), { default: [], help });

export const pci = optionGroup('pci', {
  alias: option(multi(json(aliasProblem)), {
    default: [],
    help: 'A name for devices, {"name": "gpu", "vendor_id": "10de", "product_id": "1eb8"}; again with the same name: one or the other. The same for all services.',
  }),
  device_spec: specs('Devices of this host that guests may have, {"vendor_id": "10de", "product_id": "1eb8", "address": "0000:0a:00.*"}.'),
  passthrough_whitelist: specs('The older name of device_spec.'),
});

interface Configured {
  readonly pci: {
    readonly alias: readonly unknown[];
    readonly device_spec: readonly unknown[];
    readonly passthrough_whitelist: readonly unknown[];
  };
}

export const deviceSpecsOf = ({ pci: { device_spec, passthrough_whitelist } }: Configured): readonly unknown[] => [
  ...device_spec,
  ...passthrough_whitelist,
];

const PciInvalidAlias = errorType(
  'PciInvalidAlias',
  'invalid',
  (p: { name: string }) => `PCI alias ${p.name} has device types that differ.`,
);

/** The aliases by name. */
export function deviceAliasesOf({ pci: { alias } }: Configured): DeviceAliases {
  const aliases = new Map<string, DeviceAlias>();
  // Seam: the configuration was checked when it was read.
  for (const written of alias as readonly Written[]) {
    const { name, numa_policy } = written;
    const known = aliases.get(name);
    const wanted = wantedOf(written);
    if (known && known.anyOf.some(({ type }) => type !== wanted.type)) throw PciInvalidAlias({ name });
    aliases.set(name, { anyOf: [...(known?.anyOf ?? []), wanted], numaPolicy: numa_policy ?? known?.numaPolicy ?? 'legacy' });
  }
  return aliases;
}

function wantedOf({ vendor_id, product_id, device_type, resource_class, traits }: Written): WantedDevice {
  const type = deviceTypes.find((one): one is DeviceType => one === device_type);
  return {
    ...(vendor_id !== undefined && { vendorId: vendor_id.toLowerCase() }),
    ...(product_id !== undefined && { productId: product_id.toLowerCase() }),
    ...(type && { type }),
    ...(resource_class !== undefined && { resourceClass: customName(resource_class) }),
    ...(traits !== undefined && { traits: traits.split(',') }),
  };
}
