// The extra specs with a meaning, by namespace, with their valid values; other namespaces are left to operators.
import { didYouMean } from '../../lib/text/nearest.ts';
import { ExtraSpecInvalid } from './errors.ts';

/** Key-value pairs such as `hw:cpu_policy`: `shared`. */
export type ExtraSpecs = Readonly<Record<string, string>>;

/** What a value must be, in words and as a test. */
interface ValueKind {
  readonly words: string;
  readonly fits: (value: string) => boolean;
}

const like = (pattern: RegExp, words: string): ValueKind => ({ words, fits: (value) => pattern.test(value) });
const text: ValueKind = { words: 'a text', fits: () => true };
const wholeFrom = (least: number): ValueKind => ({
  words: `a whole number from ${least} up`,
  fits: (value) => /^-?\d{1,15}$/.test(value) && Number(value) >= least,
});
const whole = wholeFrom(0);
const positive = wholeFrom(1);
const decimal = like(/^\d{1,15}(\.\d{1,15})?$/, 'a number');
const yesOrNo = like(/^(1|t|true|on|y|yes|0|f|false|off|n|no)$/i, 'a boolean');
const oneOf = (...members: readonly string[]): ValueKind => ({
  words: `one of ${members.join(', ')}`,
  fits: (value) => members.includes(value),
});
const cpus = like(/^\^?\d+(-\d+)?(,\^?\d+(-\d+)?)*$/, 'a list of CPUs such as 0-3,^1');
const level = oneOf('custom', 'high', 'normal', 'low');

/** The keys of each namespace; `*` stands for any suffix, as in `numa_mem.0`. */
const namespaces: Readonly<Record<string, Readonly<Record<string, ValueKind>>>> = {
  accel: { device_profile: text },
  aggregate_instance_extra_specs: { '*': text },
  capabilities: { '*': text },
  hw: {
    boot_menu: yesOrNo,
    cpu_cores: positive,
    cpu_dedicated_mask: cpus,
    cpu_max_cores: positive,
    cpu_max_sockets: positive,
    cpu_max_threads: positive,
    cpu_policy: oneOf('dedicated', 'shared', 'mixed'),
    cpu_realtime: yesOrNo,
    cpu_realtime_mask: cpus,
    cpu_sockets: positive,
    cpu_thread_policy: oneOf('prefer', 'isolate', 'require'),
    cpu_threads: positive,
    emulator_threads_policy: oneOf('isolate', 'share'),
    ephemeral_encryption: yesOrNo,
    ephemeral_encryption_format: oneOf('luks'),
    hide_hypervisor_id: yesOrNo,
    locked_memory: yesOrNo,
    maxphysaddr_bits: positive,
    maxphysaddr_mode: oneOf('passthrough', 'emulate'),
    mem_encryption: yesOrNo,
    mem_page_size: like(/^(large|small|any|\d+([kKMGT]i?)?(b|bit|B)?)$/, 'large, small, any or a size'),
    'numa_cpus.*': cpus,
    'numa_mem.*': positive,
    numa_nodes: positive,
    pci_numa_affinity_policy: oneOf('required', 'preferred', 'legacy', 'socket'),
    pmem: text,
    pmu: yesOrNo,
    redirected_usb_ports: whole,
    serial_port_count: whole,
    sound_model: text,
    tpm_model: oneOf('tpm-tis', 'tpm-crb'),
    tpm_secret_security: oneOf('user', 'host', 'deployment'),
    tpm_version: oneOf('1.2', '2.0'),
    usb_model: text,
    vif_multiqueue_enabled: yesOrNo,
    viommu_model: oneOf('intel', 'smmuv3', 'virtio', 'auto'),
    virtio_packed_ring: yesOrNo,
    watchdog_action: oneOf('none', 'pause', 'poweroff', 'reset', 'disabled'),
  },
  hw_rng: { allowed: yesOrNo, rate_bytes: whole, rate_period: whole },
  hw_video: { ram_max_mb: whole },
  os: { secure_boot: oneOf('disabled', 'optional', 'required') },
  pci_passthrough: { alias: like(/^[^:,]+:\d+(\s*,\s*[^:,]+:\d+)*$/, 'a list of alias:count') },
  powervm: {
    availability_priority: whole,
    dedicated_proc: yesOrNo,
    dedicated_sharing_mode: text,
    max_mem: positive,
    max_proc_units: decimal,
    max_vcpu: positive,
    min_mem: positive,
    min_proc_units: decimal,
    min_vcpu: positive,
    proc_units: decimal,
    processor_compatibility: text,
    shared_proc_pool_name: text,
    shared_weight: whole,
    srr_capability: yesOrNo,
    uncapped: yesOrNo,
  },
  quota: {
    ...limitsOf('cpu', ['limit', 'period', 'quota', 'reservation', 'shares', 'shares_share']),
    cpu_shares_level: level,
    ...limitsOf('memory', ['limit', 'reservation', 'shares_share']),
    memory_shares_level: level,
    ...limitsOf('disk_io', ['limit', 'reservation', 'shares_share']),
    disk_io_shares_level: level,
    ...limitsOf('disk', ['read_bytes_sec', 'read_iops_sec', 'write_bytes_sec', 'write_iops_sec', 'total_bytes_sec', 'total_iops_sec']),
    ...limitsOf('vif', ['limit', 'reservation', 'shares_share']),
    vif_shares_level: level,
    ...limitsOf('vif_inbound', ['average', 'burst', 'peak']),
    ...limitsOf('vif_outbound', ['average', 'burst', 'peak']),
  },
  resources: { '*': whole },
  trait: { '*': oneOf('required', 'forbidden') },
  vmware: { hw_version: text, storage_policy: text, tpm_supported: yesOrNo, boot_firmware: text },
};

function limitsOf(prefix: string, names: readonly string[]): Record<string, ValueKind> {
  return Object.fromEntries(names.map((name) => [`${prefix}_${name}`, whole]));
}

/** The namespaces that say what hardware a guest gets. */
const HARDWARE = new Set(['hw', 'hw_rng', 'hw_video', 'os', 'pci_passthrough', 'quota']);

/** The first spec about a guest's hardware with an invalid value, in words: those that were set before a version that checks them. */
export function invalidHardwareSpec(specs: ExtraSpecs): string | undefined {
  for (const [key, value] of Object.entries(specs)) {
    const [namespace = '', name] = splitOnce(key);
    const kind = HARDWARE.has(namespace) && name !== undefined ? kindOf(namespaces[namespace] ?? {}, name) : undefined;
    const problem = kind && misfit(kind, key, value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Refuses the first spec in a known namespace whose key is unknown or whose value is invalid. */
export function checkKnownSpecs(specs: ExtraSpecs): void {
  for (const [key, value] of Object.entries(specs)) {
    const [namespace = '', name] = splitOnce(key);
    const known = namespaces[groupless(namespace)];
    if (name === undefined || !known || !Object.hasOwn(namespaces, groupless(namespace))) continue;
    const kind = kindOf(known, name);
    if (!kind) {
      const hint = didYouMean(name, Object.keys(known));
      throw ExtraSpecInvalid({ because: `extra spec '${key}' does not appear to be a valid extra spec${hint || '.'}` });
    }
    const because = misfit(kind, key, value);
    if (because !== undefined) throw ExtraSpecInvalid({ because });
  }
}

/** Why a value does not fit, in words; undefined if it does. */
const misfit = (kind: ValueKind, key: string, value: string): string | undefined =>
  kind.fits(value) ? undefined : `'${value}' is not a valid value for extra spec '${key}': it must be ${kind.words}.`;

const kindOf = (known: Readonly<Record<string, ValueKind>>, name: string): ValueKind | undefined =>
  known[Object.keys(known).find((pattern) => matches(pattern, name)) ?? ''];

function splitOnce(key: string): [string, string | undefined] {
  const at = key.indexOf(':');
  return at < 0 ? [key, undefined] : [key.slice(0, at), key.slice(at + 1)];
}

/** Resources and traits can be requested in groups: `resources1:VCPU`, `trait_net:CUSTOM_FAST`. */
const groupless = (namespace: string): string => /^(resources|trait)[a-zA-Z0-9_-]{1,64}$/.exec(namespace)?.[1] ?? namespace;

function matches(pattern: string, name: string): boolean {
  if (!pattern.endsWith('*')) return pattern === name;
  return name.startsWith(pattern.slice(0, -1)) && name.length >= pattern.length;
}
