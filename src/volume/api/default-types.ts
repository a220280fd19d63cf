import { change } from '../../db/change.ts';
import { deleteDefaultType, findDefaultType, listDefaultTypes, saveDefaultType } from '../../db/stores/volume/default-types.ts';
import { findType, lockType } from '../../db/stores/volume/volume-types.ts';
import { defaultTypeDelete, defaultTypeUpdate } from '../../events/volume-type-specs.ts';
import type { Context } from '../../lib/context/context.ts';
import type { DefaultType } from '../../objects/volume-type-specs.ts';
import type { VolumeDeps } from '../deps.ts';
import { VolumeInputInvalid } from '../errors.ts';
import { DefaultTypeNotFound } from '../type-spec-errors.ts';

/** The types of projects' volumes that name none, where they are not that of all projects. */
export class DefaultTypesApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly DefaultType[]> {
    this.#deps.policy.check(ctx, 'volume_extension:default_get_all');
    return await listDefaultTypes(this.#deps.db);
  }

  async show(ctx: Context, projectId: string): Promise<DefaultType> {
    this.#deps.policy.check(ctx, 'volume_extension:default_get');
    const found = await findDefaultType(this.#deps.db, projectId);
    if (!found) throw DefaultTypeNotFound({ projectId });
    return found;
  }

  /** Sets it, by the id or the name of a type that the project may use. */
  async set(ctx: Context, projectId: string, named: string): Promise<DefaultType> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:default_set_or_update');
    const type = await findType(db, named, { projectId, byName: true });
    if (!type) throw VolumeInputInvalid({ because: `Volume type ${named} could not be found for project ${projectId}.` });
    const set = { projectId, typeId: type.id };
    await change(ctx, { db, what: `defaultType.set ${projectId}` }, async ({ trx, tell }) => {
      // It must not be deleted meanwhile.
      if (!(await lockType(trx, type.id))) throw VolumeInputInvalid({ because: `Volume type ${named} could not be found.` });
      await saveDefaultType(trx, set);
      tell(defaultTypeUpdate(set));
    });
    return set;
  }

  async unset(ctx: Context, projectId: string): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:default_unset');
    await change(ctx, { db, what: `defaultType.unset ${projectId}` }, async ({ trx, tell }) => {
      const found = await findDefaultType(trx, projectId);
      if (!found) throw DefaultTypeNotFound({ projectId });
      await deleteDefaultType(trx, projectId);
      tell(defaultTypeDelete(found));
    });
  }
}
