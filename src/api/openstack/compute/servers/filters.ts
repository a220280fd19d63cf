// The server list's filters of a single property: their format, and the version from which everybody may use them.
import { Type as t } from '@sinclair/typebox';
import {
  type EqualFilter,
  equalFilters,
  type OpenFilter,
  type PatternFilter,
  patternFilters,
} from '../../../../compute/servers/list-filters.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { type Param, param } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';

// Seam: Object.keys forgets which keys the tables have.
const equalNames = Object.keys(equalFilters) as EqualFilter[];
const patternNames = Object.keys(patternFilters) as PatternFilter[];

/** Seam: fromEntries forgets the names that go in. */
const paramsOf = <N extends string, V>(names: readonly N[], declared: Param<V>) =>
  Object.fromEntries(names.map((name) => [name, declared])) as { readonly [K in N]: Param<V> };

const regex = t.String({ format: 'regex' });

/** A link counts as its last path segment, the id. */
const lastPart = (text: string): readonly string[] => [text.split('/').at(-1) ?? ''];

/** Times are compared with a space between date and time, and without a zone. */
const timeless = (text: string): string => text.replace(/(\d)T(\d)/, '$1 $2').replace(/Z$/, '');

/** The parameters. */
export const filterParams = {
  ...paramsOf(equalNames, param({ read: lastPart })),
  // Not matched as a regular expression, but must be a valid one.
  flavor: param({ type: regex, read: lastPart }),
  ...paramsOf(patternNames, param({ type: regex, read: (text) => text })),
  ...paramsOf(['created_at', 'launched_at', 'terminated_at'], param({ type: regex, read: timeless })),
};

type Asked = { readonly [N in EqualFilter]?: readonly string[] } & { readonly [N in PatternFilter]?: string };

/** The filters in the query, by kind. */
export const filtersIn = (asked: Asked) => ({ equal: pick(asked, equalNames), like: pick(asked, patternNames) });

// Seam: fromEntries forgets the names that go in.
const pick = <A extends object, N extends keyof A>(asked: A, names: readonly N[]) =>
  Object.fromEntries(names.flatMap((name) => (asked[name] === undefined ? [] : [[name, asked[name]]]))) as Pick<A, N>;

/** The version from which everybody may use a filter that was admin-only before. */
const openSince: { readonly [N in OpenFilter]?: Microversion } = {
  ip6: v.ip6FilterForAll,
  availability_zone: v.moreFilters,
  config_drive: v.moreFilters,
  key_name: v.moreFilters,
  created_at: v.moreFilters,
  launched_at: v.moreFilters,
  terminated_at: v.moreFilters,
  power_state: v.moreFilters,
  task_state: v.moreFilters,
  vm_state: v.moreFilters,
  progress: v.moreFilters,
  user_id: v.moreFilters,
};

/** The filters that are admin-only at a version. */
export const notYetOpen = (at: Microversion): readonly OpenFilter[] =>
  // Seam: Object.entries forgets which keys the table has.
  (Object.entries(openSince) as [OpenFilter, Microversion][]).filter(([, since]) => since.ordinal > at.ordinal).map(([name]) => name);

/** Filters by data that servers do not have: accepted and ignored. */
export const withoutEffect = {
  block_device_mapping: param(),
  services: param(),
  metadata: param(),
  system_metadata: param(),
  info_cache: param(),
  security_groups: param(),
  pci_devices: param(),
};
