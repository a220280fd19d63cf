import { change } from '../../db/change.ts';
import { findQosSpecs, takeQosSpecs, typesWithQosSpecs } from '../../db/stores/volume/qos-specs.ts';
import { lockType, updateType } from '../../db/stores/volume/volume-types.ts';
import { volumeTypeUpdate } from '../../events/volume.ts';
import { qosSpecsUpdate } from '../../events/volume-type-specs.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeDeps } from '../deps.ts';
import { QosSpecsNotFound, TypeHasQosSpecs } from '../type-spec-errors.ts';
import { VolumeTypeNotFound } from '../type-errors.ts';
import { lockedQosSpecs } from './qos-specs.ts';

const UPDATE = 'volume_extension:qos_specs_manage:update';

/** Which types have which limits. */
export class QosAssociationsApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, id: string): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:qos_specs_manage:get');
    if (!(await findQosSpecs(db, id))) throw QosSpecsNotFound({ id });
    return await typesWithQosSpecs(db, id);
  }

  /** Gives the limits to a type; a no-op if it has them. */
  async associate(ctx: Context, id: string, typeId: string): Promise<void> {
    await this.#change(ctx, { id, typeId, what: 'associate' }, (has) => {
      if (has !== null && has !== id) throw TypeHasQosSpecs({ typeId, id: has });
      return id;
    });
  }

  /** Takes them from a type; a no-op if it has others. */
  async disassociate(ctx: Context, id: string, typeId: string): Promise<void> {
    await this.#change(ctx, { id, typeId, what: 'disassociate' }, (has) => (has === id ? null : has));
  }

  async disassociateAll(ctx: Context, id: string): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, UPDATE);
    await change(ctx, { db, what: `qosSpecs.disassociateAll ${id}` }, async ({ trx, tell }) => {
      const specs = await lockedQosSpecs(trx, id);
      await takeQosSpecs(trx, id);
      tell(qosSpecsUpdate(specs));
    });
  }

  async #change(
    ctx: Context,
    { id, typeId, what }: { readonly id: string; readonly typeId: string; readonly what: string },
    decide: (has: string | null) => string | null,
  ): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, UPDATE);
    await change(ctx, { db, what: `qosSpecs.${what} ${id} ${typeId}` }, async ({ trx, tell }) => {
      await lockedQosSpecs(trx, id);
      const type = await lockType(trx, typeId);
      if (!type) throw VolumeTypeNotFound({ id: typeId });
      const after = await updateType(trx, typeId, { qos_specs_id: decide(type.qosSpecsId) });
      if (typeof after === 'object') tell(volumeTypeUpdate(after));
    });
  }
}
