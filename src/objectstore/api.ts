import { LivingProcess } from '../db/sql/living-process.ts';
import { listObjects, type ObjectPage } from '../db/stores/objectstore/object-list.ts';
import { textAfter } from '../db/sql/text-after.ts';
import type { Context } from '../lib/context/context.ts';
import type { ListEntry } from '../objects/stored-object.ts';
import { allow } from './access.ts';
import { Buckets } from './buckets.ts';
import type { StoreDeps } from './deps.ts';
import { InvalidArgument } from './errors.ts';
import { checkListTexts } from './names.ts';
import { Objects } from './objects.ts';
import { PartUploads } from './part-uploads.ts';

/** The object store: each part asks the policy before it does anything. */
export class ObjectStoreApi {
  readonly buckets: Buckets;
  readonly objects: Objects;
  readonly uploads: PartUploads;
  readonly #deps: StoreDeps;

  constructor(given: Omit<StoreDeps, 'writer'>) {
    const writer = new LivingProcess({ db: given.db, role: 'object writer', name: given.ids.uuid() });
    this.#deps = { ...given, writer };
    this.buckets = new Buckets(this.#deps);
    this.objects = new Objects(this.#deps);
    this.uploads = new PartUploads(this.#deps);
  }

  /** A page of the objects in a bucket. */
  async list(ctx: Context, page: ObjectPage): Promise<readonly ListEntry[]> {
    await allow(this.#deps, ctx, page.bucket, 'objectstore:list_objects');
    const { prefix, delimiter, after } = page;
    checkListTexts([prefix, delimiter, after]);
    if (delimiter !== undefined && textAfter(delimiter) === undefined)
      throw InvalidArgument({ problem: 'The delimiter is empty, or the last of all characters.' });
    return await listObjects(this.#deps.db, page);
  }
}
