import { change } from '../../db/change.ts';
import { addProjectToType, findType, lockType, projectsOfType, removeProjectFromType } from '../../db/stores/volume/volume-types.ts';
import { volumeTypeAccessAdd, volumeTypeAccessRemove } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeDeps } from '../deps.ts';
import {
  VolumeTypeAccessExists,
  VolumeTypeAccessNotFound,
  VolumeTypeAccessOfPublic,
  VolumeTypeNotFound,
  VolumeTypePublic,
} from '../type-errors.ts';

/** Which projects may use private types. */
export class VolumeTypeAccessApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  /** The projects that may use a private type. */
  async projects(ctx: Context, id: string): Promise<readonly string[]> {
    this.#deps.policy.check(ctx, 'volume_extension:volume_type_access:get_all_for_type');
    const type = await findType(this.#deps.db, id);
    if (!type) throw VolumeTypeNotFound({ id });
    if (type.isPublic) throw VolumeTypeAccessOfPublic({});
    return await projectsOfType(this.#deps.db, id);
  }

  async addProject(ctx: Context, id: string, projectId: string): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:volume_type_access:addProjectAccess');
    await change(ctx, { db, what: `volumeType.addProject ${id}` }, async ({ trx, tell }) => {
      const type = await lockType(trx, id);
      if (!type) throw VolumeTypeNotFound({ id });
      if (type.isPublic) throw VolumeTypePublic({});
      if (!(await addProjectToType(trx, id, projectId))) throw VolumeTypeAccessExists({ typeId: id, projectId });
      tell(volumeTypeAccessAdd({ typeId: id, projectId }));
    });
  }

  async removeProject(ctx: Context, id: string, projectId: string): Promise<void> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:volume_type_access:removeProjectAccess');
    await change(ctx, { db, what: `volumeType.removeProject ${id}` }, async ({ trx, tell }) => {
      const type = await lockType(trx, id);
      if (!type) throw VolumeTypeNotFound({ id });
      if (type.isPublic) throw VolumeTypePublic({});
      if (!(await removeProjectFromType(trx, id, projectId))) throw VolumeTypeAccessNotFound({ typeId: id, projectId });
      tell(volumeTypeAccessRemove({ typeId: id, projectId }));
    });
  }
}
