import { asId } from '../../objects/ids.ts';
import { sampleGuest, sampleImage, sampleVif } from '../guest-samples.ts';
import { type DomainParts, usualCpu } from './definition/domain-parts.ts';
import { hardwareIn } from '../../objects/guest-spec.ts';
import { usualScreens } from './definition/screens.ts';
import { type DiskFile, drivePlace, ownPlaces } from './definition/disk-places.ts';

// Guests of every shape, for the tests of their definitions.

const source = (properties: Record<string, string>) => ({ image: sampleImage({ properties }), url: '', token: '' });

const guest = sampleGuest({ serverId: asId('11111111-2222-4333-8444-555555555555'), name: 'instance-0000002a' });

const ownPlaced = (disks: readonly DiskFile[], of = guest) => ownPlaces(disks, hardwareIn(of));

const parts: DomainParts = {
  guest,
  virtType: 'qemu',
  cpu: usualCpu,
  screens: usualScreens,
  home: '/var/lib/guests',
  consoleLog: '/var/lib/guests/11111111-2222-4333-8444-555555555555/console.log',
  nvram: '/var/lib/guests/11111111-2222-4333-8444-555555555555/disk.nvram',
  disks: ownPlaced([{ file: '/var/lib/guests/11111111-2222-4333-8444-555555555555/disk', format: 'qcow2' }]),
  kernel: undefined,
  ramdisk: undefined,
};

/** A guest with this flavor and image, with all disks and a card. */
const withHardware = (
  extraSpecs: Record<string, string>,
  properties: Record<string, string>,
  more: Partial<DomainParts> = {},
): DomainParts => {
  const made = {
    ...guest,
    flavor: { ...guest.flavor, vcpus: 4, ramMb: 256, extraSpecs },
    disk: source(properties),
    vifs: [sampleVif(1, { portId: asId('p1') })],
  };
  const disks = [
    ...ownPlaced(
      [
        { file: '/guests/disk', format: 'qcow2' },
        { file: '/guests/disk.swap', format: 'raw' },
      ],
      made,
    ),
    drivePlace('/guests/disk.config', 'iso9660', hardwareIn(made)),
  ];
  return { ...parts, guest: made, disks, ...more };
};

/** A guest on two nodes of its host, with large pages and, on the first node, CPUs for itself. */
const pinnedGuest = (extraSpecs: Record<string, string>): DomainParts => {
  const made = withHardware(extraSpecs, {});
  const node = { memoryMb: 128, threads: 1 };
  const nodes = [
    {
      ...node,
      hostNode: 1,
      cpus: [0, 2],
      pins: [
        { cpu: 0, on: 5 },
        { cpu: 2, on: 4 },
      ],
      floatsOn: [],
      held: [4, 5],
    },
    { ...node, hostNode: 0, cpus: [1, 3], pins: [], floatsOn: [0, 1], held: [] },
  ];
  return { ...made, guest: { ...made.guest, numa: { nodes, pageKib: 2_048, emulatorOn: [0, 1] } } };
};

/** Keyed by the name of its golden file. */
export const domainSamples: Readonly<Record<string, DomainParts>> = {
  'disk-and-network': {
    ...parts,
    guest: {
      ...guest,
      vifs: [
        { portId: asId('p1'), kind: 'bridge', bridge: 'br1', tap: 'tap-p1', macAddress: 'fa:16:3e:00:00:01', mtu: 1450 },
        { portId: asId('p2'), kind: 'fake', bridge: '', tap: '', macAddress: 'fa:16:3e:00:00:02', mtu: 1500 },
      ],
    },
  },
  'kernel-and-ramdisk': {
    ...parts,
    guest: { ...guest, disk: source({ os_command_line: 'root=/dev/vda quiet init="/bin/a&b"' }) },
    kernel: '/cache/k',
    ramdisk: '/cache/r',
  },
  'kernel-only-without-disk': { ...parts, kernel: '/cache/k', disks: [] },
  'all-disks': {
    ...parts,
    disks: [
      ...ownPlaced([
        { file: '/guests/disk', format: 'qcow2' },
        { file: '/guests/disk.eph0', format: 'raw' },
        { file: '/guests/disk.swap', format: 'raw' },
      ]),
      drivePlace('/guests/disk.config', 'iso9660', hardwareIn(guest)),
    ],
  },
  'guest-agent': { ...parts, guest: { ...guest, disk: source({ hw_qemu_guest_agent: 'yes' }) } },
  kvm: { ...parts, virtType: 'kvm', guest: { ...guest, flavor: { ...guest.flavor, vcpus: 4, ramMb: 2048 } } },
  uefi: withHardware({}, { hw_firmware_type: 'uefi' }),
  'secure-boot': withHardware({ 'os:secure_boot': 'required' }, { hw_firmware_type: 'uefi' }),
  'secure-boot-if-possible': withHardware({}, { hw_firmware_type: 'uefi', os_secure_boot: 'optional', hw_machine_type: 'q35' }),
  'tpm-and-watchdog': withHardware(
    { 'hw:tpm_version': '2.0', 'hw:tpm_model': 'tpm-crb', 'hw:watchdog_action': 'reset', 'hw:serial_port_count': '2' },
    { hw_boot_menu: 'true', hw_pointer_model: 'usbtablet' },
  ),
  'other-devices': withHardware(
    { 'hw_video:ram_max_mb': '64', 'hw_rng:rate_bytes': '1024', 'hw_rng:rate_period': '500', 'hw:sound_model': 'ich6' },
    {
      hw_disk_bus: 'scsi',
      hw_scsi_model: 'lsilogic',
      hw_cdrom_bus: 'sata',
      hw_vif_model: 'e1000',
      hw_video_model: 'qxl',
      hw_video_ram: '32',
      hw_input_bus: 'virtio',
    },
  ),
  'disks-on-sata-of-q35': withHardware({}, { hw_machine_type: 'q35', hw_disk_bus: 'sata' }),
  'no-devices-to-spare': withHardware({ 'hw_rng:allowed': 'false' }, { hw_video_model: 'none', hw_disk_bus: 'usb' }),
  limits: withHardware(
    {
      'quota:cpu_shares': '512',
      'quota:cpu_period': '10000',
      'quota:cpu_quota': '20000',
      'quota:disk_read_bytes_sec': '10240000',
      'quota:disk_write_iops_sec': '500',
      'quota:vif_inbound_average': '1000',
      'quota:vif_inbound_peak': '2000',
      'quota:vif_outbound_average': '500',
    },
    {},
  ),
  'cpus-and-queues': withHardware(
    { 'hw:cpu_sockets': '2', 'hw:cpu_threads': '2', 'hw:vif_multiqueue_enabled': 'true', 'hw:virtio_packed_ring': 'true' },
    {},
  ),
  'chosen-processor': withHardware(
    { 'hw:cpu_sockets': '2' },
    {},
    { cpu: { mode: 'custom', model: 'Nehalem', extraFlags: ['pcid', '-X2APIC', '+aes'] } },
  ),
  'processor-of-the-host': withHardware({}, {}, { virtType: 'kvm', cpu: { ...usualCpu, mode: 'host-passthrough' } }),
  'no-processor': withHardware({}, {}, { cpu: { ...usualCpu, mode: 'none' } }),
  'vnc-and-spice': withHardware({}, {}, { screens: { vnc: true, spice: { hasAgent: true } } }),
  'spice-alone': withHardware(
    {},
    {},
    {
      screens: {
        vnc: false,
        spice: { hasAgent: false, image: 'auto_lz', jpeg: 'never', zlib: 'always', playback: true, streaming: 'off' },
      },
    },
  ),
  'windows-on-kvm': withHardware(
    { 'hw:hide_hypervisor_id': 'true', 'hw:pmu': 'false', 'hw:maxphysaddr_mode': 'emulate', 'hw:maxphysaddr_bits': '42' },
    { os_type: 'windows' },
    { virtType: 'kvm' },
  ),
  pinned: pinnedGuest({ 'hw:cpu_policy': 'dedicated', 'hw:cpu_realtime': 'yes', 'hw:cpu_realtime_mask': '^0', 'quota:cpu_shares': '512' }),
  'pci-devices': withHardware(
    {},
    {},
    {
      guest: {
        ...guest,
        devices: [
          { alias: 'gpu', address: '0000:81:00.0', resourceClass: 'CUSTOM_GPU', isManaged: true },
          { alias: 'gpu', address: '0000:0a:10.3', resourceClass: 'CUSTOM_GPU', isManaged: false },
        ],
      },
    },
  ),
  'shared-processors': withHardware({}, {}, { cpu: { ...usualCpu, shared: [0, 2, 3] } }),
  'hostile-names': {
    ...parts,
    home: `/odd <dir> & "more"`,
    guest: { ...guest, displayName: `</nova:name><nova:server xmlns:nova='x' home='/'>\u0000`, flavor: { ...guest.flavor, name: '"&<' } },
  },
};
