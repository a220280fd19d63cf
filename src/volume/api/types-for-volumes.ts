/** Which type a new volume gets, and what the type says about it. */
import { findDefaultType } from '../../db/stores/volume/default-types.ts';
import { findEncryption } from '../../db/stores/volume/type-encryptions.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { findType } from '../../db/stores/volume/volume-types.ts';
import type { Context } from '../../lib/context/context.ts';
import type { VolumeType } from '../../objects/volume.ts';
import type { VolumeDeps } from '../deps.ts';
import { DefaultVolumeTypeMissing, VolumeInputInvalid } from '../errors.ts';
import { VolumeTypeNotFound } from '../type-errors.ts';

/** The projects whose types a caller may name; undefined for all. */
export const typesOf = (ctx: Context): string | undefined => (ctx.isAdmin ? undefined : (ctx.projectId ?? ''));

/** The type that the caller names by id or name, or the one that volumes get without. */
export async function typeForVolume(deps: VolumeDeps, ctx: Context, named: string | null | undefined): Promise<VolumeType> {
  if (named !== null && named !== undefined) return await namedType(deps, ctx, named);
  return await defaultType(deps, ctx);
}

export async function namedType({ db }: Pick<VolumeDeps, 'db'>, ctx: Context, named: string): Promise<VolumeType> {
  const found = await findType(db, named, { projectId: typesOf(ctx), byName: true });
  if (!found) throw VolumeTypeNotFound({ id: named });
  return found;
}

/** The type of volumes that name none: that of the project, or of all. */
export async function defaultType({ db, defaultType: name }: Pick<VolumeDeps, 'db' | 'defaultType'>, ctx: Context): Promise<VolumeType> {
  const ofProject = ctx.projectId === null ? undefined : await findDefaultType(db, ctx.projectId);
  const found = await findType(db, ofProject?.typeId ?? name, { byName: true });
  if (!found) throw DefaultVolumeTypeMissing({ name });
  return found;
}

const isTrue = (spec: string | undefined): boolean => /^<is>\s+true$/i.test(spec?.trim() ?? '');

/** Whether volumes of the type may be attached several times. */
export const allowsMultiattach = ({ extraSpecs }: VolumeType): boolean => isTrue(extraSpecs['multiattach']);

/** Throws if volumes of the type are to be encrypted: data must not be kept in the clear where it was said not to be. */
export async function refuseEncrypted(db: CloudDb, { id, name }: Pick<VolumeType, 'id' | 'name'>): Promise<void> {
  if (await findEncryption(db, id))
    throw VolumeInputInvalid({ because: `Volumes of type ${name} are to be encrypted, which no backend can do.` });
}

/** Throws if the type does not allow this size. */
export function checkTypeSize({ name, extraSpecs }: VolumeType, sizeGb: number): void {
  const limit = (key: string): number => Number(extraSpecs[`provisioning:${key}`] ?? Number.NaN);
  if (sizeGb < limit('min_vol_size'))
    throw VolumeInputInvalid({
      because: `Specified size of ${sizeGb}GB is less than the minimum of ${limit('min_vol_size')}GB of type ${name}.`,
    });
  if (sizeGb > limit('max_vol_size'))
    throw VolumeInputInvalid({
      because: `Specified size of ${sizeGb}GB is more than the maximum of ${limit('max_vol_size')}GB of type ${name}.`,
    });
}
