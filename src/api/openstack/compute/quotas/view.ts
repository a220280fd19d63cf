import { Type as t } from '@sinclair/typebox';
import type { LimitsAndUse, QuotaLimits, QuotaName } from '../../../../compute/quotas/quota-api.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { classWindows, limit, limitFields, setWindows } from './limit-fields.ts';

/** Somebody's limits: of a project or of a class, under its id. */
export interface Whose<D> {
  readonly id: string;
  readonly of: D;
}

const id = field(t.String(), (value: Whose<unknown>) => value.id);

const plain = (value: Whose<QuotaLimits>, name: QuotaName) => value.of[name];

/** What a project may have. */
export const quotaSetView = resource<Whose<QuotaLimits>>()('quota set', { id, ...limitFields(limit, plain, setWindows) });

/** The same in the answer to a change, which has never told whose it is. */
export const changedQuotaSetView = resource<QuotaLimits>()(
  'changed quota set',
  limitFields(limit, (of, name) => of[name], setWindows),
);

const inUse = t.Object({ in_use: t.Integer(), limit, reserved: t.Integer() });

/** What a project may have and has; nothing is ever reserved, for use is counted and not booked. */
export const quotaDetailView = resource<Whose<LimitsAndUse>>()('quota set in detail', {
  id,
  ...limitFields(
    inUse,
    ({ of }: Whose<LimitsAndUse>, name) => ({ in_use: usedOf(of, name), limit: of.limits[name], reserved: 0 }),
    setWindows,
  ),
});

/** What projects of a class may have. */
export const quotaClassView = resource<Whose<QuotaLimits>>()('quota class', { id, ...limitFields(limit, plain, classWindows) });

/** The same in the answer to a change. */
export const changedQuotaClassView = resource<QuotaLimits>()(
  'changed quota class',
  limitFields(limit, (of, name) => of[name], classWindows),
);

function usedOf({ used }: LimitsAndUse, name: QuotaName): number {
  return name === 'instances' || name === 'cores' || name === 'ram' || name === 'server_groups' ? used[name] : 0;
}
