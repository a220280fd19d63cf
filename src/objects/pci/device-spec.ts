/** Which devices of a host its operator gives to guests: Nova's device specs. */
import type { DeviceType, HostDevice } from './host-device.ts';

/** A device as the machine has it. */
export interface MachineDevice {
  readonly address: string;
  readonly vendorId: string;
  readonly productId: string;
  readonly type: DeviceType;
  readonly node: number | null;
  readonly parent?: string;
  /** The network interfaces that it or its parent is. */
  readonly interfaces: readonly string[];
}

/** One spec as it is written; whatever is absent matches all. */
interface Written {
  readonly vendor_id?: string;
  readonly product_id?: string;
  readonly address?: string | Readonly<Record<'domain' | 'bus' | 'slot' | 'function', string | undefined>>;
  readonly devname?: string;
  readonly resource_class?: string;
  readonly traits?: string;
  readonly managed?: string | boolean;
}

const KEYS = ['vendor_id', 'product_id', 'address', 'devname', 'resource_class', 'traits', 'managed'];
/** Of an address. */
const PARTS = ['domain', 'bus', 'slot', 'function'];
const ID = /^(\*|[0-9a-fA-F]{4})$/;
const GLOB = /^([0-9a-fA-F*]{0,8}:){0,2}[0-9a-fA-F*]{0,2}(\.[0-7*]?)?$/;

/** What is wrong with one spec or a list of them, as the end of a sentence "the value ..."; undefined when nothing is. */
export function deviceSpecProblem(written: unknown): string | undefined {
  for (const one of listed(written)) {
    if (typeof one !== 'object' || one === null) return 'is neither an object nor a list of them';
    const unknown = Object.keys(one).find((key) => !KEYS.includes(key));
    if (unknown !== undefined) return `has the key ${unknown}, which has no effect here (known: ${KEYS.join(', ')})`;
    const unread = Object.entries(one).find(([key, value]) => key !== 'address' && key !== 'managed' && typeof value !== 'string');
    if (unread) return `has a ${unread[0]} that is not a text`;
    // Seam: what the checks below find out.
    const { vendor_id = '*', product_id = '*', address, devname, managed } = one as Written;
    if (!ID.test(String(vendor_id)) || !ID.test(String(product_id))) return 'has an id that is not four hexadecimal digits';
    if (address !== undefined && devname !== undefined) return 'has both address and devname';
    if (typeof address === 'string' && !GLOB.test(address))
      return `has the address ${address}, which is not of the form domain:bus:slot.function`;
    if (address !== undefined && typeof address !== 'string' && !isExpressions(address))
      return `has an address whose parts (${PARTS.join(', ')}) are not regular expressions`;
    if (!['undefined', 'boolean'].includes(typeof managed) && !/^(yes|no|true|false)$/.test(String(managed)))
      return 'has a managed that is neither yes nor no';
  }
  return undefined;
}

function isExpressions(address: unknown): boolean {
  if (typeof address !== 'object' || address === null) return false;
  try {
    return Object.entries(address).every(([key, value]) => PARTS.includes(key) && typeof value === 'string' && new RegExp(value));
  } catch {
    return false;
  }
}

const listed = (written: unknown): readonly unknown[] => (Array.isArray(written) ? written : [written]);

/** The devices of a machine that specs name, each as the first that matches it says. */
export function offered(machine: readonly MachineDevice[], written: readonly unknown[]): HostDevice[] {
  // Seam: the configuration was checked when it was read.
  const specs = written.flatMap(listed) as readonly Written[];
  return machine.flatMap(({ interfaces, ...device }) => {
    const spec = specs.find((one) => isNamed(one, { ...device, interfaces }));
    if (!spec) return [];
    const { resource_class = `PCI_${device.vendorId}_${device.productId}`, traits = '', managed = true } = spec;
    return [
      {
        ...device,
        resourceClass: customName(resource_class),
        traits: traits.split(',').filter((one) => one !== ''),
        isManaged: managed === true || managed === 'yes' || managed === 'true',
      },
    ];
  });
}

/** As Placement wants names: `CUSTOM_GPU` for `gpu`. */
export function customName(written: string): string {
  const name = written.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_');
  return name.startsWith('CUSTOM_') ? name : `CUSTOM_${name}`;
}

const isId = (wanted: string, is: string): boolean => wanted === '*' || wanted.toLowerCase() === is;

function isNamed({ vendor_id = '*', product_id = '*', address, devname }: Written, device: MachineDevice): boolean {
  if (!isId(vendor_id, device.vendorId) || !isId(product_id, device.productId)) return false;
  if (devname !== undefined) return device.interfaces.includes(devname);
  // The address of a device names its virtual functions, too.
  return address === undefined || isAt(address, device.address) || (device.parent !== undefined && isAt(address, device.parent));
}

function isAt(wanted: NonNullable<Written['address']>, address: string): boolean {
  const parts = /^(\w+):(\w+):(\w+)\.(\w)$/.exec(address)?.slice(1) ?? [];
  const tests = typeof wanted === 'string' ? globsOf(wanted) : PARTS.map((key) => regexOf(wanted, key));
  return tests.every((test, n) => test.test(parts[n] ?? ''));
}

/** Parts may be left out from the left; empty ones and `*` are any. */
function globsOf(wanted: string): RegExp[] {
  const [place = '', func = '*'] = wanted.toLowerCase().split('.');
  const fields = place.split(':');
  const all = [...Array.from({ length: 3 - fields.length }, () => '*'), ...fields, func];
  return all.map((one) => (one === '' || one === '*' ? /^/ : new RegExp(`^0*${one.replaceAll('*', '.*').replace(/^0+(?=.)/, '')}$`)));
}

const regexOf = (wanted: Readonly<Record<string, string | undefined>>, key: string): RegExp => new RegExp(`^(?:${wanted[key] ?? '.*'})$`);
