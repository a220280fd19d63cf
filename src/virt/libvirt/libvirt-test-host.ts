import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { buildTinyGuest, type TinyGuest, tinyGuestCommandLine } from '../../../guest/tiny-guest.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import type { GuestSpec, ImageSource } from '../../objects/guest-spec.ts';
import type { ServerId } from '../../objects/ids.ts';
import { sampleGuest, sampleImage, sampleVif } from '../guest-samples.ts';
import { type ContractHost, ReceivedImages } from '../driver.contract.ts';
import { allShared } from '../../objects/numa/host-topology.ts';
import { usualCpu } from './definition/domain-parts.ts';
import { LibvirtDriver, type LibvirtDriverOptions } from './driver.ts';
import type { ImageFetcher } from './image-fetcher.ts';
import { socketsIn } from './live/live-migration-options.ts';
import { type PrivateHost, startPrivateHost } from './private-host/private-host.ts';
import { runTool } from './private-host/tool.ts';
import { privateHostRequirements } from './private-host/requirements.ts';

// A private host with real guests for tests: the tiny guest's files stand for the image service.

/** A host for the contract, with extras for this driver's own tests. */
export interface LibvirtTestHost extends ContractHost {
  readonly host: PrivateHost;
  readonly directory: string;
  readonly options: LibvirtDriverOptions;
  makeGuest(change?: Partial<GuestSpec>): GuestSpec;
  makeDriver(mood?: 'well' | 'forever' | 'wrong', more?: Partial<LibvirtDriverOptions>): LibvirtDriver;
}

/** Why guests cannot be tested here; undefined when they can, or when skipping is not allowed. */
export const cannotTryLibvirt = async (): Promise<string | undefined> => {
  const requirements = await privateHostRequirements();
  if (requirements.ok || process.env['CI'] === 'true') return undefined;
  process.stderr.write(`libvirt driver: skipped. ${requirements.missing}\n`);
  return requirements.missing;
};

/** The tiny guest's files, kept between runs: its kernel is downloaded once. */
export const tinyGuest = (): Promise<TinyGuest> =>
  buildTinyGuest({ fallbackDir: join(tmpdir(), `nova-ts-tiny-guest-${process.getuid?.() ?? 0}`), log: silentLog });

/** Builds the tiny guest, starts a private host. */
export const startLibvirtTestHost = async (name = 'hv1'): Promise<LibvirtTestHost> => {
  const directory = await mkdtemp(join(tmpdir(), 'nova-ts-libvirt-'));
  const tiny = await tinyGuest();
  const images = {
    disk: await fileImage(tiny.disk, 'qcow2', { os_command_line: tinyGuestCommandLine, hw_qemu_guest_agent: 'yes' }),
    kernel: await fileImage(tiny.kernel, 'aki'),
    ramdisk: await fileImage(tiny.ramdisk, 'ari'),
  };
  const host = await startPrivateHost({ name, directory: join(directory, name), clock: systemClock, log: silentLog });
  const instancesDir = join(directory, 'instances');
  const received = new ReceivedImages();
  const options: LibvirtDriverOptions = {
    socket: host.libvirtSocket,
    uri: 'qemu:///system',
    instancesDir,
    imageCacheDir: join(directory, 'images'),
    cacheUsers: () => Promise.resolve([instancesDir]),
    node: name,
    hostIp: '127.0.0.1',
    ...plain,
    tpms: host.tpms,
    seenFromHere: host.seenFromHere,
    images: fetchers.well,
    sendImage: received.take,
    migration: { arrivals: socketsIn(host.arrivals, host.libvirtUri), tuning: testTuning },
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  };
  await runTool('ip', ['-n', host.netns, 'link', 'add', sampleVif(0).bridge, 'type', 'bridge']);
  let guests = 0;
  let vifs = 0;
  const makeGuest = (change: Partial<GuestSpec> = {}) => {
    guests += 1;
    return sampleGuest({ ...images, name: `instance-${String(guests).padStart(8, '0')}`, ...change });
  };
  return {
    host,
    received,
    directory,
    options,
    makeDriver: (mood = 'well', more = {}) =>
      new LibvirtDriver({
        ...options,
        images: fetchers[mood],
        ...(mood === 'well' ? {} : { imageCacheDir: join(directory, mood) }),
        ...more,
      }),
    makeGuest,
    makeGuestFrom: async (data) => makeGuest({ disk: await copyImage(join(directory, `copy-${guests}`), data) }),
    makeVif: () => sampleVif(++vifs),
    makeImage: () => images.disk,
    filesOf: (serverId: ServerId) => readdir(join(instancesDir, serverId)).catch(() => []),
    stop: async () => {
      await host.stop({ guests: 'destroy' });
      await rm(directory, { recursive: true, force: true });
    },
  };
};

/** What such a host gives its guests. */
const plain = {
  virtType: 'qemu',
  cpu: usualCpu,
  configDriveFormat: 'iso9660',
  limits: { cpu: false, vif: false, locks: false },
  division: allShared,
  deviceSpecs: [],
  screens: { vnc: true, spice: { hasAgent: true } },
} as const;

/** As the options' defaults. */
const testTuning = {
  downtimeMs: 500,
  downtimeSteps: 10,
  downtimeDelaySeconds: 75,
  bandwidthMib: 0,
  completionTimeoutSeconds: 800,
  timeoutAction: 'abort',
  permitsPostCopy: false,
  permitsAutoConverge: false,
  isEncrypted: false,
} as const;

/** The url of an image here is the path of its file. */
const fetchers: Readonly<Record<'well' | 'forever' | 'wrong', ImageFetcher>> = {
  well: { fetch: ({ url }, to) => copyFile(url, to) },
  forever: { fetch: (_source, _to, signal) => systemClock.sleep(600_000, signal) },
  wrong: { fetch: () => Promise.reject(new Error('there is no such image')) },
};

/** A copy of a guest's disk as an image. */
const copyImage = async (file: string, data: Buffer): Promise<ImageSource> => {
  await writeFile(file, data);
  return await fileImage(file, 'qcow2', { os_command_line: tinyGuestCommandLine, hw_qemu_guest_agent: 'yes' });
};

const fileImage = async (path: string, diskFormat: string, properties: Record<string, string> = {}): Promise<ImageSource> => {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  const { size } = await stat(path);
  return { image: sampleImage({ diskFormat, sizeBytes: size, hash: hash.digest('hex'), properties }), url: path, token: 'none' };
};
