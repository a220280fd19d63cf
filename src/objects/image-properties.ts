// The properties of images that say what hardware a guest needs: their values, and the older names that documents still use.

/** A property: the value in its canonical spelling, or undefined if it is none; and what it must be, in words. */
interface KnownProperty {
  readonly words: string;
  readonly canonical: (value: string) => string | undefined;
}

const oneOf = (members: readonly string[], aliases: Readonly<Record<string, string>> = {}): KnownProperty => ({
  words: `one of ${members.join(', ')}`,
  canonical: (value) => {
    const lower = value.toLowerCase();
    const name = Object.hasOwn(aliases, lower) ? aliases[lower] : lower;
    return members.find((member) => member === name);
  },
});

/** Members whose spelling must be exact. */
const exactly = (...members: readonly string[]): KnownProperty => ({
  words: `one of ${members.join(', ')}`,
  canonical: (value) => members.find((member) => member === value),
});

const like = (pattern: RegExp, words: string): KnownProperty => ({
  words,
  canonical: (value) => (pattern.test(value) ? value.trim() : undefined),
});

const whole = like(/^\s*[-+]?\d{1,15}\s*$/, 'a whole number');
const cpus = like(/^\^?\d+(-\d+)?(,\^?\d+(-\d+)?)*$/, 'a list of CPUs such as 0-3,^1');
const versions = like(/^\s*(<=|>=|==|!=|<|>)\s*[^\s,]+\s*(,\s*(<=|>=|==|!=|<|>)\s*[^\s,]+\s*)*$/, 'a version such as >=6.0, <7.2');
const diskBus = exactly('fdc', 'ide', 'sata', 'scsi', 'usb', 'virtio', 'xen', 'lxc', 'uml');

const wordsIn = (text: string): readonly string[] => text.split(' ');

const architectures = wordsIn(
  'alpha armv6 armv7l armv7b aarch64 cris i686 ia64 lm32 m68k microblaze microblazeel mips mipsel mips64 mips64el ' +
    'openrisc parisc parisc64 ppc ppcle ppc64 ppc64le ppcemb s390 s390x sh4 sh4eb sparc sparc64 unicore32 x86_64 ' +
    'xtensa xtensaeb',
);
const otherArchitectures = { i386: 'i686', i486: 'i686', i586: 'i686', x86_32: 'i686', x86_32p: 'i686', amd64: 'x86_64' };
const hypervisors = wordsIn(
  'baremetal bhyve docker fake hyperv ironic kqemu kvm lxc lxd openvz parallels phyp prsm qemu test uml vbox vmware vz xen zvm',
);
const scsiModels = ['buslogic', 'ibmvscsi', 'lsilogic', 'lsisas1068', 'lsisas1078', 'virtio-scsi', 'vmpvscsi'];
const vifModels = wordsIn('virtio ne2k_pci pcnet rtl8139 e1000 e1000e igb netfront spapr-vlan lan9118 sriov vmxnet vmxnet3');
const otherVifModels = {
  virtuale1000: 'e1000',
  virtuale1000e: 'e1000e',
  virtualpcnet32: 'pcnet',
  virtualsriovethernetcard: 'sriov',
  virtualvmxnet: 'vmxnet',
  virtualvmxnet3: 'vmxnet3',
};

/** The properties whose values are checked; other known ones are booleans, of which Nova takes any text, and free texts. */
const knownProperties = {
  hw_architecture: oneOf(architectures, otherArchitectures),
  hw_cdrom_bus: diskBus,
  hw_cpu_cores: whole,
  hw_cpu_max_cores: whole,
  hw_cpu_max_sockets: whole,
  hw_cpu_max_threads: whole,
  hw_cpu_policy: exactly('dedicated', 'shared', 'mixed'),
  hw_cpu_sockets: whole,
  hw_cpu_thread_policy: exactly('prefer', 'isolate', 'require'),
  hw_cpu_threads: whole,
  hw_device_id: whole,
  hw_disk_bus: diskBus,
  hw_emulator_threads_policy: exactly('share', 'isolate'),
  hw_firmware_type: exactly('uefi', 'bios'),
  hw_floppy_bus: diskBus,
  hw_input_bus: exactly('usb', 'virtio'),
  hw_maxphysaddr_bits: whole,
  hw_maxphysaddr_mode: exactly('passthrough', 'emulate'),
  hw_numa_nodes: whole,
  hw_pci_numa_affinity_policy: exactly('required', 'legacy', 'preferred', 'socket'),
  hw_pointer_model: exactly('usbtablet'),
  hw_rescue_bus: diskBus,
  hw_rescue_device: exactly('cdrom', 'disk', 'floppy', 'fs', 'lun'),
  hw_rng_model: exactly('virtio'),
  hw_scsi_model: oneOf(scsiModels, { lsilogicsas: 'lsisas1068', paravirtual: 'vmpvscsi' }),
  hw_serial_port_count: whole,
  hw_tpm_model: exactly('tpm-tis', 'tpm-crb'),
  hw_tpm_version: exactly('1.2', '2.0'),
  hw_video_model: exactly('cirrus', 'qxl', 'vga', 'vmvga', 'xen', 'virtio', 'gop', 'none', 'bochs'),
  hw_video_ram: whole,
  hw_vif_model: oneOf(vifModels, otherVifModels),
  hw_viommu_model: exactly('intel', 'smmuv3', 'virtio', 'auto'),
  hw_vm_mode: oneOf(['hvm', 'xen', 'uml', 'exe'], { pv: 'xen', hv: 'hvm', baremetal: 'hvm' }),
  hw_watchdog_action: exactly('none', 'pause', 'poweroff', 'reset', 'disabled'),
  img_compression_level: whole,
  img_config_drive: exactly('optional', 'mandatory'),
  img_hv_requested_version: versions,
  img_hv_type: oneOf(hypervisors, { xapi: 'xen' }),
  img_version: whole,
  os_secure_boot: exactly('required', 'disabled', 'optional'),
  os_type: oneOf(['linux', 'windows']),
} as const satisfies Record<string, KnownProperty>;

export type ImagePropertyName = keyof typeof knownProperties;

/** Older names, which many documents use. Where an image has both, the newer one counts. */
const olderNames: Partial<Record<ImagePropertyName, string>> = {
  hw_architecture: 'architecture',
  hw_device_id: 'xenapi_device_id',
  hw_vm_mode: 'vm_mode',
  img_compression_level: 'xenapi_image_compression_level',
  img_hv_requested_version: 'hypervisor_version_requires',
  img_hv_type: 'hypervisor_type',
  img_version: 'vmware_image_version',
};

type Properties = Readonly<Record<string, string>>;

/** Whether a text is a yes, in any of the spellings that Nova accepts. */
export const saysYes = (text: string): boolean => /^\s*(1|t|true|on|y|yes)\s*$/i.test(text);

/** A property of an image in its canonical spelling, under whichever name the image has it; as it stands if it is invalid. */
export function imageProperty(properties: Properties, name: ImagePropertyName): string | undefined {
  const value = properties[nameIn(properties, name)];
  return value === undefined ? undefined : (knownProperties[name].canonical(value) ?? value);
}

/** Properties that are booleans. Nova takes any text for them, and whatever is not a yes is a no. */
export type ImageFlagName =
  | 'hw_boot_menu'
  | 'hw_locked_memory'
  | 'hw_mem_encryption'
  | 'hw_pmu'
  | 'hw_qemu_guest_agent'
  | 'hw_vif_multiqueue_enabled'
  | 'hw_virtio_packed_ring'
  | 'img_hide_hypervisor_id'
  | 'os_require_quiesce';

/** A boolean property of an image. */
export const imageFlag = (properties: Properties, name: ImageFlagName): boolean | undefined =>
  Object.hasOwn(properties, name) ? saysYes(properties[name] ?? '') : undefined;

/** The first property with an invalid value, in words. */
export function invalidProperty(properties: Properties): string | undefined {
  for (const [name, { canonical, words }] of Object.entries<KnownProperty>(knownProperties)) {
    // Seam: the keys of the table.
    const shown = nameIn(properties, name as ImagePropertyName);
    const value = properties[shown];
    if (value !== undefined && canonical(value) === undefined) return `${shown} cannot be '${value}': it must be ${words}.`;
  }
  for (const [name, value] of Object.entries(properties)) {
    const kind = name.startsWith('hw_numa_cpus.') ? cpus : name.startsWith('hw_numa_mem.') ? whole : undefined;
    if (kind && kind.canonical(value) === undefined) return `${name} cannot be '${value}': it must be ${kind.words}.`;
  }
  return undefined;
}

const nameIn = (properties: Properties, name: ImagePropertyName): string =>
  Object.hasOwn(properties, name) ? name : (olderNames[name] ?? name);
