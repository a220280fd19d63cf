/** Uploads of image data: one at a time, all or nothing, whichever process crashes when. */
import { createHash } from 'node:crypto';
import { change } from '../db/change.ts';
import { changeImage, imageStatus, lockImage } from '../db/stores/image/images.ts';
import { LivingProcess } from '../db/sql/living-process.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import { imageUpload } from '../events/image.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import { ImageIncomplete, ImageNotFound, ImageTransitionRefused } from './errors.ts';
import type { Image } from './image.ts';
import { toImage } from './row.ts';
import { Ingest, type IngestRules } from './ingest.ts';
import type { ImageStore, Upload } from './store.ts';

interface Dependencies {
  readonly db: CloudDb;
  readonly store: ImageStore;
  readonly ids: Ids;
  readonly rules: Omit<IngestRules, 'diskFormat'>;
}

type Chunks = AsyncIterable<Uint8Array>;

/**
 * The row is the fence: an upload writes its name there before it writes a byte, and its data becomes the image's under the row's lock,
 * only if the row still has that name. So an upload that was superseded (its image deleted, or it taken for dead) changes nothing.
 */
export class Uploads {
  readonly #with: Dependencies;
  readonly #uploader: LivingProcess;

  constructor(dependencies: Dependencies) {
    this.#with = dependencies;
    this.#uploader = new LivingProcess({ db: dependencies.db, role: 'image uploader', name: dependencies.ids.uuid() });
  }

  /** Receives the data of a queued image, which becomes active once all of it is in the store, and queued again if anything fails. */
  async take(ctx: Context, image: Image, chunks: Chunks): Promise<void> {
    const { id, diskFormat, containerFormat } = image;
    if (!diskFormat || !containerFormat)
      throw ImageIncomplete({ problem: 'Properties disk_format, container_format must be set prior to saving data.' });
    const ingest = new Ingest({ diskFormat, ...this.#with.rules });
    const upload = { id, upload: this.#with.ids.uuid() };
    await this.#uploader.during(async () => {
      try {
        await this.#begin(ctx, upload);
        await this.#with.store.receive(upload, ingest.through(chunks));
        await this.#finish(ctx, upload, ingest);
      } catch (error) {
        // If the database is down, the image stays as it is until a recovery (recover.ts).
        await this.#giveUp(ctx, upload).catch(() => {});
        throw error;
      }
    });
  }

  /** Makes a queued image active that has no data at all; a no-op for any other. */
  async completeEmpty(ctx: Context, id: string): Promise<void> {
    const data = { size_bytes: 0, virtual_size_bytes: null, md5: digestOfNothing('md5'), sha512: digestOfNothing('sha512') };
    await change(ctx, { db: this.#with.db, what: `image.complete ${id}` }, async ({ trx, tell }) => {
      const row = await changeImage(trx, { id, status: ['queued'] }, { status: 'active', ...data });
      if (row) tell(imageUpload.end(toImage(row)));
    });
  }

  async #begin(ctx: Context, { id, upload }: Upload): Promise<void> {
    const saving = { status: 'saving', upload, uploader: this.#uploader.name } as const;
    const isOurs = await change(ctx, { db: this.#with.db, what: `image.upload.start ${upload}` }, async ({ trx, tell }) => {
      const row = await changeImage(trx, { id, status: ['queued'] }, saving);
      if (row) tell(imageUpload.start(toImage(row)));
      return row !== undefined;
    });
    if (isOurs) return;
    throw await this.#refusal(id, 'saving');
  }

  async #finish(ctx: Context, upload: Upload, ingest: Ingest): Promise<void> {
    const { sizeBytes, virtualSizeBytes, md5, sha512 } = ingest.result();
    const data = { size_bytes: sizeBytes, virtual_size_bytes: virtualSizeBytes, md5, sha512 };
    let isAccepted = false;
    const isOurs = await change(ctx, { db: this.#with.db, what: `image.upload.end ${upload.upload}` }, async ({ trx, tell }) => {
      const row = await lockImage(trx, upload.id);
      if (row?.status !== 'saving' || row.upload !== upload.upload) return false;
      // On a retry of the transaction the data is in its place already.
      if (!isAccepted) await this.#with.store.accept(upload);
      isAccepted = true;
      const active = { status: 'active', upload: null, uploader: null, ...data } as const;
      const changed = await changeImage(trx, { id: upload.id, status: ['saving'] }, active);
      if (changed) tell(imageUpload.end(toImage(changed)));
      return true;
    });
    if (!isOurs) throw await this.#refusal(upload.id, 'active');
  }

  async #giveUp(ctx: Context, { id, upload }: Upload): Promise<void> {
    const { db, store } = this.#with;
    await store.discard({ id, upload });
    await change(ctx, { db, what: `image.upload.error ${upload}` }, async ({ trx, tell }) => {
      const row = await changeImage(trx, { id, status: ['saving'], upload }, { status: 'queued', upload: null, uploader: null });
      if (row) tell(imageUpload.error(toImage(row)));
    });
  }

  async #refusal(id: string, to: 'saving' | 'active'): Promise<Error> {
    const from = await imageStatus(this.#with.db, id);
    return from === undefined || from === 'deleted' ? ImageNotFound({ id }) : ImageTransitionRefused({ from, to });
  }
}

const digestOfNothing = (algorithm: string): string => createHash(algorithm).digest('hex');
