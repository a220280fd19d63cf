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

/** How much of each there may be; -1 is without bound. */
export type QuotaLimits = Readonly<Record<QuotaName, number>>;

const all = (limitOf: (name: QuotaName) => number): QuotaLimits => {
  const limits = Object.fromEntries(quotaNames.map((name) => [name, limitOf(name)]));
  return limits as QuotaLimits; // Seam: fromEntries forgets that every name went in.
};

/** No limits at all. */
export const unlimited: QuotaLimits = all(() => -1);

/** Limits in layers, the first that says something about a name counts; the last one says something about each. */
export const layered = (...layers: readonly [...Readonly<Record<string, number>>[], QuotaLimits]): QuotaLimits =>
  all((name) => layers.find((layer) => Object.hasOwn(layer, name))?.[name] ?? -1);
