import { change } from '../../db/change.ts';
import { isDefaultOfProject } from '../../db/stores/volume/default-types.ts';
import type { AskedListing } from '../../objects/volume-listing.ts';
import {
  deleteType,
  findType,
  insertType,
  lockType,
  selectTypes,
  toVolumeType,
  updateType,
  volumesOfType,
} from '../../db/stores/volume/volume-types.ts';
import { volumeTypeCreate, volumeTypeDelete, volumeTypeUpdate } from '../../events/volume.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeType } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import {
  VolumeTypeExists,
  VolumeTypeExtraSpecsNotFound,
  VolumeTypeInUse,
  VolumeTypeIsDefault,
  VolumeTypeNotFound,
  VolumeTypeSpecsInUse,
} from '../type-errors.ts';
import { allowedListing, listedRows } from './listing.ts';
import { defaultType, namedType, typesOf } from './types-for-volumes.ts';

/** A type to make. */
export interface NewType {
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

type Specs = Readonly<Record<string, string>>;

/** The kinds of volumes that operators offer. */
export class VolumeTypesApi {
  readonly #deps: VolumeDeps;

  constructor(deps: VolumeDeps) {
    this.#deps = deps;
  }

  async create(ctx: Context, { name, description, isPublic, extraSpecs }: NewType): Promise<VolumeType> {
    const { db, ids, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:type_create');
    const id = ids.uuid();
    const made = await change(ctx, { db, what: 'volumeType.create' }, async ({ trx, tell }) => {
      const row = { id, name, description, is_public: isPublic, extra_specs: JSON.stringify(extraSpecs) };
      const type = await insertType(trx, row);
      if (typeof type === 'string') throw VolumeTypeExists({ name });
      tell(volumeTypeCreate(type));
      return id;
    });
    return await this.#find(ctx, made);
  }

  /** The types that the caller may use. Administrators see public ones unless they ask for others; undefined is both. */
  async list(ctx: Context, asked: AskedListing, isPublic: boolean | undefined): Promise<readonly VolumeType[]> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:type_get_all');
    const allowed = allowedListing(ctx, asked);
    const shown = ctx.isAdmin && isPublic !== undefined ? [{ column: 'is_public', is: 'equal' as const, value: isPublic }] : [];
    // Types belong to no project.
    const listing = { ...allowed, projectId: undefined, filters: [...allowed.filters, ...shown] };
    const rows = await listedRows(db, selectTypes(db, typesOf(ctx)), 'volume_types', listing);
    return rows.map(toVolumeType);
  }

  async show(ctx: Context, id: string): Promise<VolumeType> {
    this.#deps.policy.check(ctx, 'volume_extension:type_get');
    return id === 'default' ? await defaultType(this.#deps, ctx) : await this.#find(ctx, id);
  }

  /** A type by its id or name, which the caller may give to a volume. */
  async named(ctx: Context, named: string): Promise<VolumeType> {
    return await namedType(this.#deps, ctx, named);
  }

  async update(
    ctx: Context,
    id: string,
    changes: { readonly name?: string; readonly description?: string | null; readonly is_public?: boolean },
  ): Promise<VolumeType> {
    const { db, policy } = this.#deps;
    policy.check(ctx, 'volume_extension:type_update');
    await change(ctx, { db, what: `volumeType.update ${id}` }, async ({ trx, tell }) => {
      const type = await updateType(trx, id, changes);
      if (type === undefined) throw VolumeTypeNotFound({ id });
      if (typeof type === 'string') throw VolumeTypeExists({ name: changes.name ?? '' });
      tell(volumeTypeUpdate(type));
    });
    return await this.#find(ctx, id);
  }

  async delete(ctx: Context, id: string): Promise<void> {
    const { db, policy, defaultType: name } = this.#deps;
    policy.check(ctx, 'volume_extension:type_delete');
    await change(ctx, { db, what: `volumeType.delete ${id}` }, async ({ trx, tell }) => {
      const type = await lockType(trx, id);
      if (!type) throw VolumeTypeNotFound({ id });
      if (type.name === name || (await isDefaultOfProject(trx, id))) throw VolumeTypeIsDefault({ id });
      if ((await volumesOfType(trx, id)) > 0) throw VolumeTypeInUse({ id });
      await deleteType(trx, id);
      tell(volumeTypeDelete(type));
    });
  }

  /** Adds extra specs. @returns those that were given */
  async addSpecs(ctx: Context, id: string, specs: Specs): Promise<Specs> {
    this.#deps.policy.check(ctx, 'volume_extension:types_extra_specs:create');
    await this.#changeSpecs(ctx, id, (before) => ({ ...before, ...specs }));
    return specs;
  }

  async removeSpec(ctx: Context, id: string, key: string): Promise<void> {
    this.#deps.policy.check(ctx, 'volume_extension:types_extra_specs:delete');
    await this.#changeSpecs(ctx, id, (before) => {
      const { [key]: _gone, ...others } = before;
      if (!Object.hasOwn(before, key)) throw VolumeTypeExtraSpecsNotFound({ id, key });
      return others;
    });
  }

  async specs(ctx: Context, id: string): Promise<Specs> {
    this.#deps.policy.check(ctx, 'volume_extension:types_extra_specs:index');
    const { extraSpecs } = await this.#find(ctx, id);
    return visibleSpecs(extraSpecs, this.#deps.policy.may(ctx, 'volume_extension:access_types_extra_specs'));
  }

  async spec(ctx: Context, id: string, key: string): Promise<string> {
    const specs = await this.specs(ctx, id);
    const found = Object.hasOwn(specs, key) ? specs[key] : undefined;
    if (found === undefined) throw VolumeTypeExtraSpecsNotFound({ id, key });
    return found;
  }

  async #find(ctx: Context, id: string): Promise<VolumeType> {
    const type = await findType(this.#deps.db, id, { projectId: typesOf(ctx) });
    if (!type) throw VolumeTypeNotFound({ id });
    return type;
  }

  async #changeSpecs(ctx: Context, id: string, decide: (before: Specs) => Specs): Promise<void> {
    const { db } = this.#deps;
    await change(ctx, { db, what: `volumeType.specs ${id}` }, async ({ trx, tell }) => {
      const type = await lockType(trx, id);
      if (!type) throw VolumeTypeNotFound({ id });
      if ((await volumesOfType(trx, id)) > 0) throw VolumeTypeSpecsInUse({ id });
      const after = await updateType(trx, id, { extra_specs: JSON.stringify(decide(type.extraSpecs)) });
      if (typeof after === 'object') tell(volumeTypeUpdate(after));
    });
  }
}

/** The extra specs that everybody may see. */
const FOR_ALL = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];

/** What a caller may see of a type's extra specs. */
export const visibleSpecs = (specs: Specs, all: boolean): Specs =>
  all ? specs : Object.fromEntries(Object.entries(specs).filter(([key]) => FOR_ALL.includes(key)));
