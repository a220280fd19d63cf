import { open, truncate, writeFile } from 'node:fs/promises';
import { type GuestSpec, hardwareIn } from '../../objects/guest-spec.ts';
import type { GuestHardware } from '../../objects/hardware/hardware.ts';
import { iso9660 } from './config-drive/iso9660.ts';
import { VFAT_BYTES, vfat } from './config-drive/vfat.ts';
import { type DiskFile, drivePlace, type GuestDisk, ownPlaces } from './definition/disk-places.ts';
import { createDisk } from './disk.ts';
import { exists } from './exists.ts';
import { fitFurtherDisks } from './further-disks.ts';
import type { GuestPaths } from './guest-directory.ts';

// The files of a guest's disks: its root disk, the further disks of its flavor, its config drive.

/** The file system of config drives. */
export type ConfigDriveFormat = 'iso9660' | 'vfat';

/** The label by which guests find their config drive. */
const DRIVE_LABEL = 'config-2';

/** Makes the files of the guest's disks and returns the disks; `imageFile` is that of its root disk, if it has one. */
export async function makeDisks(
  guest: GuestSpec,
  { paths, imageFile, format }: { paths: GuestPaths; imageFile: string | undefined; format: ConfigDriveFormat },
): Promise<readonly GuestDisk[]> {
  const { disk, flavor, configDrive } = guest;
  if (disk && imageFile !== undefined) await createDisk({ image: disk.image, imageFile, disk: paths.disk, flavor });
  await fitFurtherDisks(paths, flavor);
  if (configDrive) await writeDrive(paths.configDrive, configDrive, format);
  return await existingDisks(paths, hardwareIn(guest));
}

/** The guest's disks but its config drive, in their order: those that it has files of. */
export async function ownDisks(paths: GuestPaths): Promise<readonly DiskFile[]> {
  const all = [
    { file: paths.disk, format: 'qcow2' },
    { file: paths.ephemeral, format: 'raw' },
    { file: paths.swap, format: 'raw' },
  ] as const;
  const there = await Promise.all(all.map(({ file }) => exists(file)));
  return all.filter((_, index) => there[index]);
}

/** All disks of a guest whose files are there already. */
export async function existingDisks(paths: GuestPaths, hardware: GuestHardware): Promise<readonly GuestDisk[]> {
  const drive = (await exists(paths.configDrive)) ? [drivePlace(paths.configDrive, await formatOf(paths.configDrive), hardware)] : [];
  return [...ownPlaces(await ownDisks(paths), hardware, { withoutRoot: !(await exists(paths.disk)) }), ...drive];
}

/** A config drive that another host made may have another format than this one's. */
async function formatOf(drive: string): Promise<ConfigDriveFormat> {
  const file = await open(drive);
  const { buffer } = await file.read(Buffer.alloc(5), 0, 5, 0x8001).finally(() => file.close());
  return buffer.toString('latin1') === 'CD001' ? 'iso9660' : 'vfat';
}

/** Writes a config drive. Only its owner may read it: it may hold a password. libvirt gives it to QEMU's user. */
export async function writeDrive(path: string, files: NonNullable<GuestSpec['configDrive']>, format: ConfigDriveFormat): Promise<void> {
  await writeFile(path, format === 'iso9660' ? iso9660(DRIVE_LABEL, files) : vfat(DRIVE_LABEL, files), { mode: 0o600 });
  if (format === 'vfat') await truncate(path, VFAT_BYTES);
}
