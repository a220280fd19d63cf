import { expect, test } from 'vitest';
import { hardwareOf } from './hardware.ts';
import { requiredTraits } from './required-traits.ts';

type Texts = Record<string, string>;

const of = (extraSpecs: Texts = {}, properties: Texts = {}, vcpus = 4) =>
  hardwareOf({ flavor: { vcpus, ramMb: 2048, extraSpecs }, properties });

test('who asks for nothing gets the usual, which any host has', () => {
  expect(of()).toMatchObject({ firmware: 'bios', secureBoot: 'disabled', serialPorts: 1, hasTablet: false, rng: { rate: undefined } });
  expect(of().topology).toBeUndefined();
  expect(requiredTraits(of())).toEqual([]);
});

test.each<[string, Texts, Texts, object]>([
  ['firmware is of the image', {}, { hw_firmware_type: 'uefi' }, { firmware: 'uefi', secureBoot: 'disabled' }],
  ['either may ask for Secure Boot', { 'os:secure_boot': 'required' }, { hw_firmware_type: 'uefi' }, { secureBoot: 'required' }],
  ['a TPM has a model', { 'hw:tpm_version': '2.0' }, {}, { tpm: { version: '2.0', model: 'tpm-tis' } }],
  [
    'both may ask for the same TPM',
    { 'hw:tpm_version': '2.0' },
    { hw_tpm_version: '2.0', hw_tpm_model: 'tpm-crb' },
    { tpm: { model: 'tpm-crb' } },
  ],
  [
    'the image has the last word on the watchdog',
    { 'hw:watchdog_action': 'reset' },
    { hw_watchdog_action: 'pause' },
    { watchdog: 'pause' },
  ],
  ['a disabled watchdog is none', { 'hw:watchdog_action': 'reset' }, { hw_watchdog_action: 'disabled' }, { watchdog: undefined }],
  ['the flavor can forbid random numbers', { 'hw_rng:allowed': 'False' }, { hw_rng_model: 'virtio' }, { rng: undefined }],
  ['random numbers have a rate', { 'hw_rng:rate_bytes': '512' }, {}, { rng: { rate: { bytes: 512, periodMs: 1000 } } }],
  ['the image may want fewer ports', { 'hw:serial_port_count': '3' }, { hw_serial_port_count: '2' }, { serialPorts: 2 }],
  [
    'video memory up to that of the flavor',
    { 'hw_video:ram_max_mb': '64' },
    { hw_video_ram: '16', hw_video_model: 'qxl' },
    { video: { model: 'qxl', ramMb: 16 } },
  ],
  ['either may ask for a boot menu', { 'hw:boot_menu': 'yes' }, { hw_boot_menu: 'no' }, { hasBootMenu: true }],
  ['an older name of the same', {}, { vm_mode: 'hvm', hw_vif_model: 'VirtualE1000' }, { vif: { model: 'e1000' } }],
  ['address bits', { 'hw:maxphysaddr_mode': 'emulate', 'hw:maxphysaddr_bits': '42' }, {}, { addressBits: { mode: 'emulate', bits: 42 } }],
  [
    'limits; zero is none',
    { 'quota:cpu_shares': '512', 'quota:disk_read_iops_sec': '0' },
    {},
    { limits: { cpu: { shares: 512 }, disk: {} } },
  ],
])('%s', (_, specs, properties, expected) => {
  expect(of(specs, properties)).toMatchObject(expected);
});

test.each<[string, Texts, Texts]>([
  ['Conflicting values for os_secure_boot', { 'os:secure_boot': 'required' }, { os_secure_boot: 'disabled' }],
  ['Secure Boot is required', { 'os:secure_boot': 'required' }, {}],
  ['Secure Boot needs a q35 machine', {}, { os_secure_boot: 'required', hw_firmware_type: 'uefi', hw_machine_type: 'pc' }],
  ['no IDE bus', {}, { hw_machine_type: 'pc-q35-7.2', hw_cdrom_bus: 'ide' }],
  ['Conflicting values for hw_tpm_version', { 'hw:tpm_version': '2.0' }, { hw_tpm_version: '1.2' }],
  ['needs a TPM version', { 'hw:tpm_model': 'tpm-tis' }, {}],
  ['needs TPM version 2.0', { 'hw:tpm_version': '1.2', 'hw:tpm_model': 'tpm-crb' }, {}],
  ['Forbidden to exceed flavor value', { 'hw:serial_port_count': '1' }, { hw_serial_port_count: '2' }],
  ['Maximum number of serial port exceeds 4', { 'hw:serial_port_count': '5' }, {}],
  ['hw_serial_port_count cannot be', {}, { hw_serial_port_count: '0' }],
  ['video memory 16 is higher', {}, { hw_video_ram: '16' }],
  ['Conflicting values for hw_vif_multiqueue_enabled', { 'hw:vif_multiqueue_enabled': 'no' }, { hw_vif_multiqueue_enabled: 'yes' }],
  ['hw:maxphysaddr_bits needs', { 'hw:maxphysaddr_bits': '42' }, {}],
  ['quota:cpu_shares cannot be 1', { 'quota:cpu_shares': '1' }, {}],
  ['cannot be combined', { 'quota:disk_total_iops_sec': '5', 'quota:disk_read_iops_sec': '5' }, {}],
  ['need quota:vif_inbound_average', { 'quota:vif_inbound_peak': '5' }, {}],
  ['hw_firmware_type', { 'hw:mem_encryption': 'true' }, { hw_firmware_type: 'bios' }],
])('%s: refused', (because, specs, properties) => {
  expect(() => of(specs, properties)).toThrow(because);
});

test.each<[Texts, Texts, number, [number, number, number]]>([
  [{ 'hw:cpu_sockets': '1' }, {}, 4, [1, 4, 1]],
  [{ 'hw:cpu_cores': '2', 'hw:cpu_threads': '2' }, {}, 8, [2, 2, 2]],
  [{ 'hw:cpu_max_sockets': '2' }, {}, 8, [2, 4, 1]],
  [{}, { hw_cpu_threads: '2' }, 4, [2, 1, 2]],
  [{ 'hw:cpu_sockets': '4' }, { hw_cpu_sockets: '1' }, 4, [4, 1, 1]],
  [{ 'hw:cpu_sockets': '3' }, {}, 4, [4, 1, 1]],
  [{ 'hw:cpu_max_sockets': '4', 'hw:cpu_max_threads': '1' }, { hw_cpu_max_sockets: '1' }, 12, [1, 12, 1]],
])('with %j and %j, %i CPUs are divided into %j', (specs, properties, vcpus, [sockets, cores, threads]) => {
  expect(of(specs, properties, vcpus).topology).toEqual({ sockets, cores, threads });
});

test.each<[string, Texts, Texts]>([
  ['exceeds the limits of the flavor (sockets=2', { 'hw:cpu_max_sockets': '2' }, { hw_cpu_max_sockets: '4' }],
  ['exceeds the limits of the flavor or image', { 'hw:cpu_max_sockets': '2' }, { hw_cpu_sockets: '4' }],
  ['1:1:1 are impossible', { 'hw:cpu_max_sockets': '1', 'hw:cpu_max_cores': '1', 'hw:cpu_max_threads': '1' }, {}],
])('an impossible topology is refused: %s', (because, specs, properties) => {
  expect(() => of(specs, properties)).toThrow(because);
});

test('what takes hardware of the host is a trait', () => {
  const hardware = of(
    { 'os:secure_boot': 'required', 'hw:tpm_version': '2.0', 'quota:cpu_quota': '5000', 'hw:mem_encryption': '1' },
    { hw_firmware_type: 'uefi', hw_machine_type: 'pc-q35-7.2', hw_disk_bus: 'scsi', hw_vif_model: 'ne2k_pci', hw_video_model: 'qxl' },
  );
  expect(requiredTraits(hardware).toSorted()).toEqual([
    'COMPUTE_FIRMWARE_UEFI',
    'COMPUTE_GRAPHICS_MODEL_QXL',
    'COMPUTE_NET_VIF_MODEL_NE2K_PCI',
    'COMPUTE_SECURITY_TPM_2_0',
    'COMPUTE_SECURITY_TPM_TIS',
    'COMPUTE_SECURITY_UEFI_SECURE_BOOT',
    'COMPUTE_STORAGE_BUS_SCSI',
    'CUSTOM_COMPUTE_CPU_LIMITS',
    'CUSTOM_COMPUTE_MACHINE_Q35',
    'HW_CPU_X86_AMD_SEV',
  ]);
});
