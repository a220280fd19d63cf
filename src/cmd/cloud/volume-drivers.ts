import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, accountOf } from '../../lib/accounts/account.ts';
import { allowTraversal } from '../../lib/accounts/traverse.ts';
import { httpImageSender } from '../../virt/http-image-sender.ts';
import type { BackupStore } from '../../volume/backup-store.ts';
import type { BackupReader, ImageTransfers, VolumeDriver } from '../../volume/driver.ts';
import { FakeVolumeDriver } from '../../volume/drivers/fake/driver.ts';
import { BackupFiles } from '../../volume/drivers/files/backup-files.ts';
import { chooseHostKind } from './hosts.ts';
import { inState, type Runtime } from './runtime.ts';

/** The storage of a volume host. */
export async function openVolumeDriver(runtime: Runtime, backups: BackupReader): Promise<VolumeDriver> {
  const { config, ids, clock, stateDir } = runtime;
  const { driver } = config.volume;
  const directory = inState(runtime, 'volumes');
  const isFake = driver === 'fake' || (driver === 'auto' && (await chooseHostKind(runtime)).kind === 'fake');
  if (isFake) return new FakeVolumeDriver({ directory: join(directory, 'fake'), images: { send }, backups });
  // Loaded on demand: a simulated cloud starts without them.
  const { httpImageFetcher } = await import('../../virt/libvirt/http-image-fetcher.ts');
  const { BuiltinVolumeDriver } = await import('../../volume/drivers/builtin/driver.ts');
  const sockets = join(tmpdir(), `nova-ts-volumes-${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`);
  const account = process.getuid?.() === 0 ? await storageAccount(runtime, directory) : undefined;
  const images: ImageTransfers = {
    fetch: (source, to, { signal, progress }) => httpImageFetcher.fetch(source, to, signal, progress),
    send,
  };
  return new BuiltinVolumeDriver({ directory: join(directory, 'builtin'), sockets, account, images, backups, ids, clock });
}

/** Where the host keeps backups. */
export const openBackupStore = (runtime: Runtime): Promise<BackupStore> =>
  BackupFiles.open(runtime.config.volume.backup_posix_path ?? join(inState(runtime, 'volumes'), 'backups'), runtime.ids);

/** What serves volumes talks to guests: it does not run as root. */
async function storageAccount({ stateDir, log }: Runtime, directory: string): Promise<Account> {
  const account = await accountOf('qemu', directory);
  await mkdir(directory, { recursive: true });
  await allowTraversal(directory, { daemon: 'The server of volumes', account, below: stateDir, log });
  return account;
}

/** Sends a volume's data to the image service, as that of servers is sent. */
const send: ImageTransfers['send'] = async (target, file, { signal, progress }) => {
  const { size } = await stat(file);
  await httpImageSender(target, { sizeBytes: size, open: () => createReadStream(file) }, signal, progress);
};
