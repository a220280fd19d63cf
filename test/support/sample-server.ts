/** Sample flavors, images and servers; a test overrides the fields that matter to it. */
import type { NewServer } from '../../src/db/stores/servers/servers.ts';
import { seededIds } from '../../src/lib/clock/ids.ts';
import type { Flavor } from '../../src/objects/flavor.ts';
import { asId, type ImageId, type ServerId } from '../../src/objects/ids.ts';
import type { ImageMeta } from '../../src/objects/image.ts';

const ids = seededIds(2_026);

/** A new server id; every run gets the same ids in the same order. */
export const sampleServerId = (): ServerId => asId<ServerId>(ids.uuid());

/** One CPU, 512 MB, 1 GB. */
export const sampleFlavor: Flavor = {
  id: '1',
  name: 'm1.tiny',
  vcpus: 1,
  ramMb: 512,
  rootGb: 1,
  ephemeralGb: 0,
  swapMb: 0,
  rxtxFactor: 1,
  isPublic: true,
  disabled: false,
  description: null,
  extraSpecs: {},
};

/** An image without requirements. */
export const sampleImage: ImageMeta = {
  id: asId<ImageId>('7f1c1f2e-5a36-4a3e-9d0c-0f7b6b1d2c11'),
  name: 'tiny',
  diskFormat: 'qcow2',
  containerFormat: 'bare',
  sizeBytes: 4_000_000,
  virtualSizeBytes: 16_000_000,
  hash: '',
  minDiskGb: 0,
  minRamMb: 0,
  properties: {},
};

/** A plain server. */
export const sampleServer = (more: Partial<NewServer> = {}): NewServer => ({
  id: sampleServerId(),
  projectId: 'project-1',
  userId: 'user-1',
  name: 'web',
  description: null,
  hostname: 'web',
  requestedZone: null,
  flavor: sampleFlavor,
  image: sampleImage,
  keyName: null,
  publicKey: null,
  userData: null,
  metadata: {},
  tags: [],
  files: [],
  trustedCertificates: null,
  schedulerHints: {},
  securityGroups: ['default'],
  configDrive: false,
  diskConfig: 'MANUAL',
  accessIpV4: null,
  accessIpV6: null,
  reservationId: 'r-00000001',
  launchIndex: 0,
  rootDeviceName: '/dev/vda',
  guestNameTemplate: 'instance-%08x',
  creator: null,
  ...more,
});

/** An image that no simulated host can run. */
export const strangeImage: ImageMeta = {
  ...sampleImage,
  id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000a1'),
  name: 'strange',
  properties: { hw_architecture: 'sparc' },
};

/** An image with a property that has no such value. */
export const bogusImage: ImageMeta = {
  ...sampleImage,
  id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000a3'),
  name: 'bogus',
  properties: { hw_disk_bus: 'bogus' },
};

/** An image that needs more memory than any flavor of the tests. */
export const largeImage: ImageMeta = {
  ...sampleImage,
  id: asId<ImageId>('5f3a0c7e-0000-4000-8000-0000000000a2'),
  name: 'large',
  minRamMb: 1_000_000,
};

/** An image to rescue servers with, as a device of its own. */
export const rescueImage: ImageMeta = {
  ...sampleImage,
  id: asId<ImageId>('7f1c1f2e-5a36-4a3e-9d0c-0f7b6b1d2c21'),
  name: 'rescue',
  properties: { hw_rescue_device: 'disk', hw_rescue_bus: 'scsi' },
};

/** An image that wants to be a device that no guest has. */
export const oddRescueImage: ImageMeta = {
  ...sampleImage,
  id: asId<ImageId>('7f1c1f2e-5a36-4a3e-9d0c-0f7b6b1d2c22'),
  name: 'odd rescue',
  properties: { hw_rescue_device: 'floppy' },
};
