import { systemIds } from '../lib/clock/ids.ts';
import type { GuestSpec } from '../objects/guest-spec.ts';
import type { ImageMeta } from '../objects/image.ts';
import { asId } from '../objects/ids.ts';
import type { Vif } from '../objects/network-info.ts';

// Guests and images for tests of virt drivers; each has ids of its own.

/** An image record with a size of one byte. */
export const sampleImage = (change: Partial<ImageMeta> = {}): ImageMeta => ({
  id: asId(systemIds.uuid()),
  name: 'tiny',
  diskFormat: 'qcow2',
  containerFormat: 'bare',
  sizeBytes: 1,
  virtualSizeBytes: null,
  hash: '0'.repeat(128),
  minDiskGb: 0,
  minRamMb: 0,
  properties: {},
  ...change,
});

/** A network card on a bridge. */
export const sampleVif = (n: number, change: Partial<Vif> = {}): Vif => ({
  portId: asId(systemIds.uuid()),
  kind: 'bridge',
  bridge: 'br-test',
  tap: `tap-test-${n}`,
  macAddress: `fa:16:3e:00:00:${n.toString(16).padStart(2, '0')}`,
  mtu: 1450,
  ...change,
});

/** A small guest without disk and network. */
export const sampleGuest = (change: Partial<GuestSpec> = {}): GuestSpec => ({
  serverId: asId(systemIds.uuid()),
  name: 'instance-00000001',
  displayName: 'one',
  hostname: 'one',
  projectId: asId('project'),
  userId: asId('user'),
  flavor: {
    id: '1',
    name: 'm1.nano',
    vcpus: 1,
    ramMb: 96,
    rootGb: 0,
    ephemeralGb: 0,
    swapMb: 0,
    rxtxFactor: 1,
    isPublic: true,
    disabled: false,
    description: null,
    extraSpecs: {},
  },
  disk: null,
  kernel: null,
  ramdisk: null,
  vifs: [],
  ...change,
});
