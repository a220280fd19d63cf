import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from '../../../objects/volume-connection.ts';
import type { BackupSource } from '../../../objects/volume-backup.ts';
import type { VolumeHoldings, VolumeSpec, WantedExport } from '../../../objects/volume-host.ts';
import { StorageFailed, VolumeDataMissing } from '../../errors.ts';
import type { ImageTarget } from '../../../objects/server-image.ts';
import type { BackupReader, Copying, ImageTransfers, LentData, Space, VolumeDriver } from '../../driver.ts';

interface Thing {
  readonly sizeGb: number;
  /** Of a connection. */
  readonly volumeId?: string;
}

/** Where it keeps its files, and how it sends images and reads backups. */
export interface FakeVolumeOptions {
  readonly directory: string;
  readonly backups: BackupReader;
  readonly images: Pick<ImageTransfers, 'send'>;
}

const SPACE_GB = 1_000_000;

const kinds = ['volumes', 'snapshots', 'exports'] as const;
type Kind = (typeof kinds)[number];

/** A simulated backend: each thing is a small file, so that it outlives the program, and has no data. */
export class FakeVolumeDriver implements VolumeDriver {
  readonly name = 'fake';
  readonly protocol = 'fake';
  /** Kinds of work that fail, to rehearse it. */
  readonly faults = new Set<
    'create' | 'delete' | 'extend' | 'rewrite' | 'createSnapshot' | 'deleteSnapshot' | 'lend' | 'upload' | 'connect'
  >();
  readonly #directory: string;
  readonly #images: Pick<ImageTransfers, 'send'>;
  readonly #backups: BackupReader;

  constructor({ directory, images, backups }: FakeVolumeOptions) {
    this.#directory = directory;
    this.#backups = backups;
    this.#images = images;
  }

  async start(): Promise<void> {
    for (const kind of kinds) await mkdir(join(this.#directory, kind), { recursive: true });
  }

  async close(): Promise<void> {}

  async space(): Promise<Space> {
    return { totalGb: SPACE_GB, freeGb: SPACE_GB };
  }

  async create({ volumeId, sizeGb, source }: VolumeSpec, copying: Copying): Promise<void> {
    this.#mayFail('create');
    if (source.kind === 'volume') await this.#require('volumes', source.volumeId);
    if (source.kind === 'snapshot') await this.#require('snapshots', source.snapshotId);
    await this.#checkBackup(source, copying);
    await this.#put('volumes', volumeId, { sizeGb });
  }

  async delete(volumeId: string): Promise<void> {
    this.#mayFail('delete');
    await this.#drop('volumes', volumeId);
  }

  async extend(volumeId: string, sizeGb: number): Promise<void> {
    this.#mayFail('extend');
    await this.#require('volumes', volumeId);
    await this.#put('volumes', volumeId, { sizeGb });
  }

  async rewrite({ volumeId, sizeGb, source }: VolumeSpec, copying: Copying): Promise<void> {
    this.#mayFail('rewrite');
    await this.#require('volumes', volumeId);
    await this.#checkBackup(source, copying);
    await this.#put('volumes', volumeId, { sizeGb });
  }

  async createSnapshot(snapshotId: string, volumeId: string): Promise<void> {
    this.#mayFail('createSnapshot');
    await this.#put('snapshots', snapshotId, await this.#require('volumes', volumeId));
  }

  async deleteSnapshot(snapshotId: string): Promise<void> {
    this.#mayFail('deleteSnapshot');
    await this.#drop('snapshots', snapshotId);
  }

  /** Lends the little that it has: the record. */
  async lend<T>({ kind, id }: Pick<BackupSource, 'kind' | 'id'>, _copying: Copying, use: (data: LentData) => Promise<T>): Promise<T> {
    this.#mayFail('lend');
    await this.#require(`${kind}s`, id);
    return await use({ file: this.#path(`${kind}s`, id) });
  }

  /** Sends the little that it has: the volume's record. */
  async upload(volumeId: string, image: ImageTarget, copying: Copying): Promise<void> {
    this.#mayFail('upload');
    await this.#require('volumes', volumeId);
    await this.#images.send(image, this.#path('volumes', volumeId), copying);
  }

  async connect({ attachmentId, volumeId, readOnly }: WantedExport): Promise<Connection> {
    this.#mayFail('connect');
    const { sizeGb } = await this.#require('volumes', volumeId);
    await this.#put('exports', attachmentId, { sizeGb, volumeId });
    return { type: 'fake', data: { volume_id: volumeId, export: attachmentId, size_gb: sizeGb, access_mode: readOnly ? 'ro' : 'rw' } };
  }

  /** A simulated guest sees the size that its volume had when it was last connected. */
  async settle(): Promise<void> {}

  async disconnect(attachmentId: string): Promise<void> {
    await this.#drop('exports', attachmentId);
  }

  async exports(): Promise<readonly Pick<WantedExport, 'attachmentId' | 'volumeId'>[]> {
    const { exports } = await this.list();
    return await Promise.all(
      exports.map(async (attachmentId) => ({ attachmentId, volumeId: (await this.#require('exports', attachmentId)).volumeId ?? '' })),
    );
  }

  async list(): Promise<VolumeHoldings> {
    const [volumes, snapshots, exports] = await Promise.all(kinds.map((kind) => readdir(join(this.#directory, kind))));
    return { volumes: volumes ?? [], snapshots: snapshots ?? [], exports: exports ?? [] };
  }

  #mayFail(work: Parameters<typeof this.faults.has>[0]): void {
    if (this.faults.has(work)) throw StorageFailed({ what: work });
  }

  /** What a backup has is read, but a record has its own size. */
  async #checkBackup(source: VolumeSpec['source'], copying: Copying): Promise<void> {
    if (source.kind !== 'backup') return;
    const file = join(this.#directory, `restored-${source.dataId}`);
    await writeFile(file, '');
    await this.#backups.restore(source.dataId, file, copying).finally(() => rm(file, { force: true }));
  }

  async #require(kind: Kind, id: string): Promise<Thing> {
    const text = await readFile(this.#path(kind, id), 'utf8').catch(() => undefined);
    if (text === undefined) throw VolumeDataMissing({ volumeId: id });
    // Seam: `#put` wrote it.
    return JSON.parse(text) as Thing;
  }

  async #put(kind: Kind, id: string, thing: Thing): Promise<void> {
    await writeFile(this.#path(kind, id), JSON.stringify(thing));
  }

  async #drop(kind: Kind, id: string): Promise<void> {
    await rm(this.#path(kind, id), { force: true });
  }

  #path(kind: Kind, id: string): string {
    return join(this.#directory, kind, id);
  }
}
