// The limits of quota sets and classes as fields: what is counted is the same in both, when which one is told differs.
import { type Static, Type as t, type TSchema } from '@sinclair/typebox';
import type { QuotaName } from '../../../../compute/quotas/quota-api.ts';
import { quotaNames } from '../../../../compute/quotas/quota-api.ts';
import type { Window } from '../../../../lib/versioning/microversion.ts';
import { type Field, field } from '../../../../lib/versioning/resource.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { wholeFrom } from '../wire.ts';

/** When a name is told; names that are not in it always are. */
export type QuotaWindows = Partial<Readonly<Record<QuotaName, Window>>>;

const injected = { until: v.noPersonality };
const injectedFiles = { injected_files: injected, injected_file_content_bytes: injected, injected_file_path_bytes: injected };

const networks = (until: Window['until']): QuotaWindows => {
  const window = until ? { until } : {};
  return { fixed_ips: window, floating_ips: window, security_groups: window, security_group_rules: window };
};

const groups = { since: v.quotaClassGroups };

/** Quota sets lose what belongs to networks with the proxies, and injected files with personality. */
export const setWindows: QuotaWindows = { ...injectedFiles, ...networks(v.noProxies) };

/** Quota classes did so later, and told server groups only then. */
export const classWindows: QuotaWindows = {
  ...injectedFiles,
  ...networks(v.quotaClassGroups),
  server_groups: groups,
  server_group_members: groups,
};

/** One field for each name, in its window. */
export const limitFields = <D, T extends TSchema>(
  type: T,
  read: (value: D, name: QuotaName) => Static<T>,
  windows: QuotaWindows,
): Record<string, Field<D>> =>
  Object.fromEntries(quotaNames.map((name) => [name, field(type, (value: D) => read(value, name), windows[name] ?? {})]));

/** A limit: a whole number, -1 without bound. */
export const limit = t.Integer({ minimum: -1 });

const changed = bodyField({ type: wholeFrom(-1) });
const injectedChanged = bodyField({ type: wholeFrom(-1), until: v.noPersonality });

/** What may be changed; names of networks go at `networksUntil`. */
export const changeFields = (networksUntil: typeof v.noProxies) => {
  const networkChanged = bodyField({ type: wholeFrom(-1), until: networksUntil });
  return {
    instances: changed,
    cores: changed,
    ram: changed,
    metadata_items: changed,
    key_pairs: changed,
    server_groups: changed,
    server_group_members: changed,
    injected_files: injectedChanged,
    injected_file_content_bytes: injectedChanged,
    injected_file_path_bytes: injectedChanged,
    fixed_ips: networkChanged,
    floating_ips: networkChanged,
    security_groups: networkChanged,
    security_group_rules: networkChanged,
  };
};
