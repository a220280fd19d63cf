import { change } from '../../db/change.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import {
  deleteQosSpecsRow,
  findQosSpecs,
  insertQosSpecs,
  lockQosSpecs,
  takeQosSpecs,
  toQosSpecs,
  typesWithQosSpecs,
  updateQosSpecs,
} from '../../db/stores/volume/qos-specs.ts';
import { qosSpecsCreate, qosSpecsDelete, qosSpecsUpdate } from '../../events/volume-type-specs.ts';
import type { Context } from '../../lib/context/context.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import type { QosConsumer, QosSpecs } from '../../objects/volume-type-specs.ts';
import type { VolumeDeps } from '../deps.ts';
import { checkLimits } from '../front-end-limits.ts';
import { QosSpecsExists, QosSpecsInUse, QosSpecsKeyNotFound, QosSpecsNotFound } from '../type-spec-errors.ts';
import { allowedListing, listedRows } from './listing.ts';

type Specs = Readonly<Record<string, string>>;

/** What is changed of limits. */
export interface QosChange {
  readonly consumer?: QosConsumer;
  readonly specs: Specs;
}

/** Limits of quality, which operators give to types. */
export class QosSpecsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, { name, consumer, specs }: Omit<QosSpecs, 'id'>): Promise<QosSpecs> {
    const { db, ids, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:qos_specs_manage:create');
    checkFor(consumer, specs);
    const id = ids.uuid();
    const made = await change(ctx, { db, what: 'qosSpecs.create' }, async ({ trx, tell }) => {
      const found = await insertQosSpecs(trx, { id, name, consumer, specs: JSON.stringify(specs) });
      if (typeof found === 'string') throw QosSpecsExists({ name });
      tell(qosSpecsCreate(found));
      return id;
    });
    return await this.#find(made);
  }

  async list(ctx: Context, asked: AskedListing): Promise<readonly QosSpecs[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:qos_specs_manage:get_all');
    // They belong to no project.
    const listing = { ...allowedListing(ctx, asked), projectId: undefined };
    return (await listedRows(db, db.selectFrom('volume_qos_specs').selectAll(), 'volume_qos_specs', listing)).map(toQosSpecs);
  }

  async show(ctx: Context, id: string): Promise<QosSpecs> {
    this.#deps.policy.check(ctx, 'volume_extension:qos_specs_manage:get');
    return await this.#find(id);
  }

  /** Adds specs. Guests keep to changed limits once they get a volume anew. */
  async update(ctx: Context, id: string, { consumer, specs }: QosChange): Promise<void> {
    await this.#change(ctx, id, (before) => ({
      consumer: consumer ?? before.consumer,
      specs: { ...before.specs, ...specs },
    }));
  }

  async deleteKeys(ctx: Context, id: string, keys: readonly string[]): Promise<void> {
    await this.#change(ctx, id, ({ consumer, specs }) => {
      const missing = keys.find((key) => !Object.hasOwn(specs, key));
      if (missing !== undefined) throw QosSpecsKeyNotFound({ id, key: missing });
      return { consumer, specs: Object.fromEntries(Object.entries(specs).filter(([key]) => !keys.includes(key))) };
    });
  }

  /** Deletes them; with `force` also if types have them. */
  async delete(ctx: Context, id: string, { force = false } = {}): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:qos_specs_manage:delete');
    await change(ctx, { db, what: `qosSpecs.delete ${id}` }, async ({ trx, tell }) => {
      const specs = await lockedQosSpecs(trx, id);
      if (!force && (await typesWithQosSpecs(trx, id)).length > 0) throw QosSpecsInUse({ id });
      await takeQosSpecs(trx, id);
      await deleteQosSpecsRow(trx, id);
      tell(qosSpecsDelete(specs));
    });
  }

  async #change(ctx: Context, id: string, decide: (before: QosSpecs) => Required<QosChange>): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:qos_specs_manage:update');
    await change(ctx, { db, what: `qosSpecs.update ${id}` }, async ({ trx, tell }) => {
      const { consumer, specs } = decide(await lockedQosSpecs(trx, id));
      checkFor(consumer, specs);
      tell(qosSpecsUpdate(await updateQosSpecs(trx, id, { consumer, specs: JSON.stringify(specs) })));
    });
  }

  async #find(id: string): Promise<QosSpecs> {
    const found = await findQosSpecs(this.#deps.db, id);
    if (!found) throw QosSpecsNotFound({ id });
    return found;
  }
}

/** The limits, which nobody else changes until the transaction ends. */
export async function lockedQosSpecs(trx: InCloud, id: string): Promise<QosSpecs> {
  const found = await lockQosSpecs(trx, id);
  if (!found) throw QosSpecsNotFound({ id });
  return found;
}

const checkFor = (consumer: QosConsumer, specs: Specs): void => {
  if (consumer !== 'back-end') checkLimits(specs);
};
