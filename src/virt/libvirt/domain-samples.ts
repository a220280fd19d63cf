import { asId } from '../../objects/ids.ts';
import { sampleGuest, sampleImage } from '../guest-samples.ts';
import type { DomainParts } from './domain-xml.ts';
import { driveDisk, virtio } from './guest-disks.ts';

// Guests of every shape, for the tests of their definitions.

const source = (properties: Record<string, string>) => ({ image: sampleImage({ properties }), url: '', token: '' });

const guest = sampleGuest({ serverId: asId('11111111-2222-4333-8444-555555555555'), name: 'instance-0000002a' });

const parts: DomainParts = {
  guest,
  virtType: 'qemu',
  home: '/var/lib/guests',
  consoleLog: '/var/lib/guests/11111111-2222-4333-8444-555555555555/console.log',
  disks: virtio([{ file: '/var/lib/guests/11111111-2222-4333-8444-555555555555/disk', format: 'qcow2' }]),
  kernel: undefined,
  ramdisk: undefined,
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
      ...virtio([
        { file: '/guests/disk', format: 'qcow2' },
        { file: '/guests/disk.eph0', format: 'raw' },
        { file: '/guests/disk.swap', format: 'raw' },
      ]),
      driveDisk('/guests/disk.config', 'iso9660'),
    ],
  },
  kvm: { ...parts, virtType: 'kvm', guest: { ...guest, flavor: { ...guest.flavor, vcpus: 4, ramMb: 2048 } } },
  'hostile-names': {
    ...parts,
    home: `/odd <dir> & "more"`,
    guest: { ...guest, displayName: `</nova:name><nova:server xmlns:nova='x' home='/'>\u0000`, flavor: { ...guest.flavor, name: '"&<' } },
  },
};
