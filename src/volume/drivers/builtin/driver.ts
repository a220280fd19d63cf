import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { runToEnd } from '../../../lib/child/run-to-end.ts';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { ImageTarget } from '../../../objects/server-image.ts';
import type { Connection } from '../../../objects/volume-connection.ts';
import type { BackupSource } from '../../../objects/volume-backup.ts';
import type { VolumeHoldings, VolumeSpec, WantedExport } from '../../../objects/volume-host.ts';
import { StorageFailed, VolumeDataMissing } from '../../errors.ts';
import type { BackupReader, Copying, ImageTransfers, LentData, Space, VolumeDriver } from '../../driver.ts';
import { backUp } from './back-up.ts';
import { rangesWithData } from './data-ranges.ts';
import { VolumeExports } from './exports.ts';
import { type StorageAccount, VolumeFiles } from './files.ts';

export interface BuiltinVolumeOptions {
  readonly directory: string;
  /** Where the sockets of connections are. */
  readonly sockets: string;
  readonly account: StorageAccount | undefined;
  readonly images: ImageTransfers;
  readonly backups: BackupReader;
  readonly ids: Ids;
  readonly clock: Clock;
}

const GIB = 1024 ** 3;

/** Converting an image of terabytes takes hours. */
const CONVERT_TIMEOUT_MS = 24 * 3_600_000;

/** Volumes as raw, sparse files, served to guests over NBD. */
export class BuiltinVolumeDriver implements VolumeDriver {
  readonly name = 'builtin';
  readonly protocol = 'nbd';
  readonly #with: BuiltinVolumeOptions;
  readonly #files: VolumeFiles;
  readonly #exports: VolumeExports;

  constructor(options: BuiltinVolumeOptions) {
    const { directory, sockets, account, ids, clock } = options;
    this.#with = options;
    this.#files = new VolumeFiles(directory, account);
    const pathOf = (volumeId: string) => this.#files.path('volume', volumeId);
    this.#exports = new VolumeExports({ directory: join(directory, 'exports'), sockets, account, pathOf, ids, clock });
  }

  async start(): Promise<void> {
    await this.#files.open();
    await this.#exports.open();
  }

  async close(): Promise<void> {}

  async space(): Promise<Space> {
    const { bsize, blocks, bavail } = await statfs(this.#with.directory);
    return { totalGb: Math.floor((bsize * blocks) / GIB), freeGb: Math.floor((bsize * bavail) / GIB) };
  }

  async create(volume: VolumeSpec, copying: Copying): Promise<void> {
    if (!this.#files.has('volume', volume.volumeId)) await this.#make(volume, copying);
  }

  async rewrite(volume: VolumeSpec, copying: Copying): Promise<void> {
    this.#require(volume.volumeId);
    // Nobody uses it: a daemon that is left would go on with the old file.
    await this.#exports.removeAll(volume.volumeId);
    await this.#make(volume, copying);
  }

  async delete(volumeId: string): Promise<void> {
    await this.#exports.removeAll(volumeId);
    await this.#files.remove('volume', volumeId);
  }

  /** A guest goes on with the size that it knows, until it is connected anew. */
  async extend(volumeId: string, sizeGb: number): Promise<void> {
    await this.#files.grow(this.#require(volumeId), sizeGb);
  }

  async createSnapshot(snapshotId: string, volumeId: string, copying: Copying): Promise<void> {
    if (this.#files.has('snapshot', snapshotId)) return;
    await this.#files.make('snapshot', snapshotId, (file) => this.#copyVolume(volumeId, file, copying));
  }

  async deleteSnapshot(snapshotId: string): Promise<void> {
    await this.#files.remove('snapshot', snapshotId);
  }

  async lend<T>({ kind, id }: Pick<BackupSource, 'kind' | 'id'>, copying: Copying, use: (data: LentData) => Promise<T>): Promise<T> {
    const file = this.#files.path(kind, id);
    if (!this.#files.has(kind, id)) throw VolumeDataMissing({ volumeId: id });
    const isServed = kind === 'volume' && (await this.#exports.list()).has(id);
    if (!isServed) return await use({ file, ranges: await rangesWithData(file, copying) });
    return await this.#files.temporarily(`lent-${id}`, async (copy) => {
      await this.#files.create(copy);
      await this.#copyVolume(id, copy, copying);
      return await use({ file: copy, ranges: await rangesWithData(copy, copying) });
    });
  }

  async upload(volumeId: string, image: ImageTarget, copying: Copying): Promise<void> {
    await this.#files.temporarily(`upload-${volumeId}`, async (copy) => {
      await this.#files.create(copy);
      await this.#copyVolume(volumeId, copy, copying);
      if (image.diskFormat === 'raw') return await this.#with.images.send(image, copy, copying);
      await this.#files.temporarily(`upload-${volumeId}-${image.diskFormat}`, async (converted) => {
        await convert(['-f', 'raw', '-O', image.diskFormat, copy, converted], copying);
        await this.#with.images.send(image, converted, copying);
      });
    });
  }

  async connect(wanted: WantedExport, { renews = false } = {}): Promise<Connection> {
    const { attachmentId, volumeId, readOnly } = wanted;
    this.#require(volumeId);
    const { socket, name } = await (renews
      ? this.#exports.renew(volumeId, attachmentId, readOnly)
      : this.#exports.add(volumeId, attachmentId, readOnly));
    return { type: 'nbd', data: { socket, export: name, volume_id: volumeId, access_mode: readOnly ? 'ro' : 'rw' } };
  }

  async settle(attachmentId: string, volumeId: string): Promise<void> {
    await this.#exports.settle(volumeId, attachmentId);
  }

  async disconnect(attachmentId: string, volumeId: string): Promise<void> {
    await this.#exports.remove(volumeId, attachmentId);
  }

  async exports(): Promise<readonly Pick<WantedExport, 'attachmentId' | 'volumeId'>[]> {
    return [...(await this.#exports.list())].flatMap(([volumeId, ids]) => ids.map((attachmentId) => ({ attachmentId, volumeId })));
  }

  async list(): Promise<VolumeHoldings> {
    const [volumes, snapshots, exports] = await Promise.all([
      this.#files.list('volume'),
      this.#files.list('snapshot'),
      this.#exports.list(),
    ]);
    return { volumes, snapshots, exports: [...exports.values()].flat() };
  }

  async #make({ volumeId, sizeGb, source }: VolumeSpec, copying: Copying): Promise<void> {
    await this.#files.make('volume', volumeId, async (file) => {
      if (source.kind === 'snapshot') await this.#copySnapshot(source.snapshotId, file, copying);
      if (source.kind === 'volume') await this.#copyVolume(source.volumeId, file, copying);
      if (source.kind === 'image') await this.#fillFromImage(source.image, file, sizeGb, copying);
      if (source.kind === 'backup') await this.#with.backups.restore(source.dataId, file, copying);
      await this.#files.grow(file, sizeGb);
    });
  }

  /** Copies a volume as it is at one moment: by its daemon while it is served, since guests may write. */
  async #copyVolume(volumeId: string, to: string, copying: Copying): Promise<void> {
    const from = this.#require(volumeId);
    const isServed = await this.#exports.using(volumeId, async (monitor, from) => {
      await backUp(monitor, { from, to, id: this.#with.ids.hex(8) }, copying.signal);
      return true;
    });
    if (!isServed) await this.#files.copy(from, to, copying.signal);
  }

  async #copySnapshot(snapshotId: string, to: string, { signal }: Copying): Promise<void> {
    if (!this.#files.has('snapshot', snapshotId)) throw VolumeDataMissing({ volumeId: snapshotId });
    await this.#files.copy(this.#files.path('snapshot', snapshotId), to, signal);
  }

  async #fillFromImage(
    source: Extract<VolumeSpec['source'], { kind: 'image' }>['image'],
    to: string,
    sizeGb: number,
    copying: Copying,
  ): Promise<void> {
    const format = FORMATS[source.image.diskFormat] ?? source.image.diskFormat;
    await this.#files.temporarily(`image-${source.image.id}`, async (fetched) => {
      await this.#with.images.fetch(source, fetched, copying);
      await refuseForeignFiles(fetched, format, sizeGb, copying);
      await convert(['-f', format, '-O', 'raw', fetched, to], copying);
    });
  }

  #require(volumeId: string): string {
    if (!this.#files.has('volume', volumeId)) throw VolumeDataMissing({ volumeId });
    return this.#files.path('volume', volumeId);
  }
}

/** Disk formats that `qemu-img` calls otherwise. */
const FORMATS: Readonly<Record<string, string>> = { ami: 'raw', ari: 'raw', aki: 'raw', iso: 'raw', vhd: 'vpc', ploop: 'parallels' };

async function convert(args: readonly string[], { signal }: Copying): Promise<void> {
  await runToEnd('qemu-img', ['convert', '-S', '4k', ...args], { timeoutMs: CONVERT_TIMEOUT_MS, signal });
}

const imageInfo = t.Object({
  'virtual-size': t.Number(),
  'backing-filename': t.Optional(t.String()),
  'format-specific': t.Optional(t.Object({ data: t.Optional(t.Object({ 'data-file': t.Optional(t.String()) })) })),
});

/** An image that names other files would give away what is in them. */
async function refuseForeignFiles(file: string, format: string, sizeGb: number, { signal }: Copying): Promise<void> {
  const { stdout } = await runToEnd('qemu-img', ['info', '--output=json', '-f', format, file], { timeoutMs: 60_000, signal });
  const info: unknown = JSON.parse(stdout);
  if (!Value.Check(imageInfo, info)) throw StorageFailed({ what: 'read the image' });
  if (info['backing-filename'] !== undefined || info['format-specific']?.data?.['data-file'] !== undefined)
    throw StorageFailed({ what: 'use the image: it names other files' });
  if (info['virtual-size'] > sizeGb * GIB) throw StorageFailed({ what: 'use the image: it is larger than the volume' });
}
