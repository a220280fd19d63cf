import { qosSpecsOfType } from '../../db/stores/volume/qos-specs.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import type { Volume } from '../../objects/volume.ts';
import { limitsOf } from '../front-end-limits.ts';

/** What a connection tells of the limits that the host has to keep to; nothing if there are none. */
export async function frontEndSpecs(
  db: CloudDb,
  { typeId, sizeGb }: Pick<Volume, 'typeId' | 'sizeGb'>,
): Promise<{ readonly qos_specs?: Readonly<Record<string, string>> }> {
  const found = typeId === null ? undefined : await qosSpecsOfType(db, typeId);
  if (!found || found.consumer === 'back-end') return {};
  const limits = limitsOf(found.specs, sizeGb);
  return Object.keys(limits).length > 0 ? { qos_specs: limits } : {};
}
