import { Type as t } from '@sinclair/typebox';
import type { LimitsAndUse, QuotaLimits, QuotaName } from '../../../../compute/quotas/quota-api.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { classWindows, limit, limitFields, setWindows } from './limit-fields.ts';

/** The limits of a project or a class, with its id. */
export interface Whose<D> {
  readonly id: string;
  readonly of: D;
}

const id = field(t.String(), (value: Whose<unknown>) => value.id);

const plain = (value: Whose<QuotaLimits>, name: QuotaName) => value.of[name];

/** The quotas of a project. */
export const quotaSetView = resource<Whose<QuotaLimits>>()('quota set', { id, ...limitFields(limit, plain, setWindows) });

/** The same in the answer to an update, which has no id. */
export const changedQuotaSetView = resource<QuotaLimits>()(
  'changed quota set',
  limitFields(limit, (of, name) => of[name], setWindows),
);

const inUse = t.Object({ in_use: t.Integer(), limit, reserved: t.Integer() });

/** The quotas and usage of a project. Reserved is always 0, because usage is counted, not reserved. */
export const quotaDetailView = resource<Whose<LimitsAndUse>>()('quota set in detail', {
  id,
  ...limitFields(
    inUse,
    ({ of }: Whose<LimitsAndUse>, name) => ({ in_use: usedOf(of, name), limit: of.limits[name], reserved: 0 }),
    setWindows,
  ),
});

/** The quotas of a class. */
export const quotaClassView = resource<Whose<QuotaLimits>>()('quota class', { id, ...limitFields(limit, plain, classWindows) });

/** The same in the answer to an update. */
export const changedQuotaClassView = resource<QuotaLimits>()(
  'changed quota class',
  limitFields(limit, (of, name) => of[name], classWindows),
);

function usedOf({ used }: LimitsAndUse, name: QuotaName): number {
  return name === 'instances' || name === 'cores' || name === 'ram' || name === 'server_groups' ? used[name] : 0;
}
