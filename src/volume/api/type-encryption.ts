import { change } from '../../db/change.ts';
import { deleteEncryptionRow, findEncryption, insertEncryption, updateEncryption } from '../../db/stores/volume/type-encryptions.ts';
import { findType, lockType, volumesOfType } from '../../db/stores/volume/volume-types.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { typeEncryptionCreate, typeEncryptionDelete, typeEncryptionUpdate } from '../../events/volume-type-specs.ts';
import type { Context } from '../../lib/context/context.ts';
import type { TypeEncryption } from '../../objects/volume-type-specs.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { VolumeDeps } from '../deps.ts';
import { EncryptionExists, EncryptionInUse, EncryptionNotFound } from '../type-spec-errors.ts';
import { VolumeTypeNotFound } from '../type-errors.ts';

/** What is said about the encryption of a type. */
export type EncryptionWords = Pick<TypeEncryption, 'provider' | 'controlLocation' | 'cipher' | 'keySize'>;

/** How volumes of types are to be encrypted. No backend of ours can, so volumes of such types are refused. */
export class TypeEncryptionApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** Undefined if volumes of the type are not encrypted. */
  async show(ctx: Context, typeId: string): Promise<TypeEncryption | undefined> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:volume_type_encryption:get');
    if (!(await findType(db, typeId))) throw VolumeTypeNotFound({ id: typeId });
    return await findEncryption(db, typeId);
  }

  async create(ctx: Context, typeId: string, words: EncryptionWords): Promise<TypeEncryption> {
    const id = this.#deps.ids.uuid();
    return await this.#change(ctx, typeId, 'volume_extension:volume_type_encryption:create', async (trx, before) => {
      if (before) throw EncryptionExists({ typeId });
      return typeEncryptionCreate(await insertEncryption(trx, { id, type_id: typeId, ...columnsOf(words) }));
    });
  }

  async update(ctx: Context, typeId: string, words: Partial<EncryptionWords>): Promise<TypeEncryption> {
    return await this.#change(ctx, typeId, 'volume_extension:volume_type_encryption:update', async (trx, before) => {
      if (!before) throw EncryptionNotFound({ typeId });
      return typeEncryptionUpdate(await updateEncryption(trx, typeId, columnsOf({ ...before, ...words })));
    });
  }

  async delete(ctx: Context, typeId: string): Promise<void> {
    await this.#change(ctx, typeId, 'volume_extension:volume_type_encryption:delete', async (trx, before) => {
      if (!before) throw EncryptionNotFound({ typeId });
      await deleteEncryptionRow(trx, typeId);
      return typeEncryptionDelete(before);
    });
  }

  /** Changes it while no volume is of the type. @returns what the type then has, or had */
  async #change(
    ctx: Context,
    typeId: string,
    rule: PolicyRule,
    decide: (trx: InCloud, before: TypeEncryption | undefined) => Promise<ReturnType<typeof typeEncryptionCreate>>,
  ): Promise<TypeEncryption> {
    const { db, policy } = this.#deps;
    policy.check(ctx, rule);
    const before = await findEncryption(db, typeId);
    await change(ctx, { db, what: `${rule} ${typeId}` }, async ({ trx, tell }) => {
      if (!(await lockType(trx, typeId))) throw VolumeTypeNotFound({ id: typeId });
      if ((await volumesOfType(trx, typeId)) > 0) throw EncryptionInUse({});
      tell(await decide(trx, await findEncryption(trx, typeId)));
    });
    const found = (await findEncryption(db, typeId)) ?? before;
    if (!found) throw EncryptionNotFound({ typeId });
    return found;
  }
}

const columnsOf = ({ provider, controlLocation, cipher, keySize }: EncryptionWords) => ({
  provider,
  control_location: controlLocation,
  cipher,
  key_size: keySize,
});
