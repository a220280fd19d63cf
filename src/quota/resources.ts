/** What quotas limit, by the API's names: `ram` in MB, sizes of injected files in bytes. */
export const quotaNames = [
  'instances',
  'cores',
  'ram',
  'metadata_items',
  'key_pairs',
  'server_groups',
  'server_group_members',
  'injected_files',
  'injected_file_content_bytes',
  'injected_file_path_bytes',
  'fixed_ips',
  'floating_ips',
  'security_groups',
  'security_group_rules',
] as const;
export type QuotaName = (typeof quotaNames)[number];

/** The limit of each resource; -1 is unlimited. */
export type QuotaLimits = Readonly<Record<QuotaName, number>>;

const all = (limitOf: (name: QuotaName) => number): QuotaLimits => {
  const limits = Object.fromEntries(quotaNames.map((name) => [name, limitOf(name)]));
  return limits as QuotaLimits; // Seam: fromEntries forgets that every name went in.
};

/** No limits at all. */
export const unlimited: QuotaLimits = all(() => -1);

/** Merges layers of limits: the first layer with a value wins; the last one has a value for every name. */
export const layered = (...layers: readonly [...Readonly<Record<string, number>>[], QuotaLimits]): QuotaLimits =>
  all((name) => layers.find((layer) => Object.hasOwn(layer, name))?.[name] ?? -1);
