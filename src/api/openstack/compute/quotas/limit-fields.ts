// The limits of quota sets and classes as fields: both have the same names, but show them at different versions.
import { type Static, Type as t, type TSchema } from '@sinclair/typebox';
import type { QuotaName } from '../../../../compute/quotas/quota-api.ts';
import { quotaNames } from '../../../../compute/quotas/quota-api.ts';
import type { Window } from '../../../../lib/versioning/microversion.ts';
import { type Field, field } from '../../../../lib/versioning/resource.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { v } from '../../../../microversions.ts';
import { wholeFrom } from '../wire.ts';

/** The versions at which a name is shown; names without a window are always shown. */
export type QuotaWindows = Partial<Readonly<Record<QuotaName, Window>>>;

const injected = { until: v.noPersonality };
const injectedFiles = { injected_files: injected, injected_file_content_bytes: injected, injected_file_path_bytes: injected };

const networks = (until: Window['until']): QuotaWindows => {
  const window = until ? { until } : {};
  return { fixed_ips: window, floating_ips: window, security_groups: window, security_group_rules: window };
};

const groups = { since: v.quotaClassGroups };

/** Quota sets lost the network limits with the proxy APIs, and the injected file limits with personality. */
export const setWindows: QuotaWindows = { ...injectedFiles, ...networks(v.noProxies) };

/** Quota classes lost them later, and gained server groups at that version. */
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

/** A limit: a whole number, -1 for unlimited. */
export const limit = t.Integer({ minimum: -1 });

const changed = bodyField({ type: wholeFrom(-1) });
const injectedChanged = bodyField({ type: wholeFrom(-1), until: v.noPersonality });

/** The limits that may be changed; network limits are accepted until `networksUntil`. */
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
