import { access, chmod, open, truncate, writeFile } from 'node:fs/promises';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import { iso9660 } from './config-drive/iso9660.ts';
import { VFAT_BYTES, vfat } from './config-drive/vfat.ts';
import { createDisk } from './disk.ts';
import type { GuestPaths } from './guest-directory.ts';
import { runTool } from './private-host/tool.ts';

// The disks of a guest: its root disk, the further disks of its flavor, its config drive. Files first, then how they are attached.

/** The file system of config drives. */
export type ConfigDriveFormat = 'iso9660' | 'vfat';

/** A disk as the guest gets it. */
export interface GuestDisk {
  readonly file: string;
  readonly format: 'qcow2' | 'raw';
  readonly device: 'disk' | 'cdrom';
  readonly bus: 'virtio' | 'ide' | 'scsi' | 'sata' | 'usb';
  /** Its name for libvirt, unique in the guest: `vda`. */
  readonly dev: string;
  /** The disk to boot from, where it is not the first one. */
  readonly isBooted?: true;
}

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

/** The label by which guests find their config drive. */
const DRIVE_LABEL = 'config-2';

/** Makes the files of the guest's disks and returns the disks; `imageFile` is that of its root disk, if it has one. */
export async function makeDisks(
  guest: GuestSpec,
  { paths, imageFile, format }: { paths: GuestPaths; imageFile: string | undefined; format: ConfigDriveFormat },
): Promise<readonly GuestDisk[]> {
  const { disk, flavor, configDrive } = guest;
  if (disk && imageFile !== undefined) await createDisk({ image: disk.image, imageFile, disk: paths.disk, flavor });
  if (flavor.ephemeralGb > 0) {
    await blank(paths.ephemeral, flavor.ephemeralGb * GIB);
    await runTool('mke2fs', [
      '-q',
      '-F',
      '-t',
      'ext4',
      '-L',
      'ephemeral0',
      '-E',
      'lazy_itable_init=1,lazy_journal_init=1',
      paths.ephemeral,
    ]);
  }
  if (flavor.swapMb > 0) {
    await blank(paths.swap, flavor.swapMb * MIB);
    await runTool('mkswap', ['-f', paths.swap]);
  }
  if (configDrive) await writeDrive(paths.configDrive, configDrive, format);
  return await existingDisks(paths);
}

/** The guest's disks but its config drive, in their order: those that it has files of. */
export async function ownDisks(paths: GuestPaths): Promise<readonly Pick<GuestDisk, 'file' | 'format'>[]> {
  const all = [
    { file: paths.disk, format: 'qcow2' },
    { file: paths.ephemeral, format: 'raw' },
    { file: paths.swap, format: 'raw' },
  ] as const;
  const there = await Promise.all(all.map(({ file }) => exists(file)));
  return all.filter((_, index) => there[index]);
}

/** All disks of a guest whose files are there already. */
export async function existingDisks(paths: GuestPaths): Promise<readonly GuestDisk[]> {
  const drive = (await exists(paths.configDrive)) ? [driveDisk(paths.configDrive, await formatOf(paths.configDrive))] : [];
  return [...virtio(await ownDisks(paths)), ...drive];
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A config drive that another host made may have another format than this one's. */
async function formatOf(drive: string): Promise<ConfigDriveFormat> {
  const file = await open(drive);
  const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 0x8001).finally(() => file.close());
  return buffer.toString('latin1') === 'CD001' ? 'iso9660' : 'vfat';
}

/** Disks on the virtio bus, named in order: vda, vdb. */
export const virtio = (disks: readonly Pick<GuestDisk, 'file' | 'format'>[]): GuestDisk[] =>
  disks.map((disk, index) => ({ ...disk, device: 'disk', bus: 'virtio', dev: `vd${String.fromCharCode(97 + index)}` }));

/** The config drive, on the last place of its bus as in Nova, so that it never takes the name of another disk. */
export const driveDisk = (file: string, format: ConfigDriveFormat): GuestDisk =>
  format === 'iso9660'
    ? { file, format: 'raw', device: 'cdrom', bus: 'ide', dev: 'hdd' }
    : { file, format: 'raw', device: 'disk', bus: 'virtio', dev: 'vdz' };

/** Writes a config drive. Only its owner may read it: it may hold a password. libvirt gives it to QEMU's user. */
export async function writeDrive(path: string, files: NonNullable<GuestSpec['configDrive']>, format: ConfigDriveFormat): Promise<void> {
  await writeFile(path, format === 'iso9660' ? iso9660(DRIVE_LABEL, files) : vfat(DRIVE_LABEL, files), { mode: 0o600 });
  if (format === 'vfat') await truncate(path, VFAT_BYTES);
}

/** A file of this size that takes no space until it is written. */
async function blank(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w', 0o600);
  await file.truncate(bytes);
  await file.close();
  await chmod(path, 0o600);
}
