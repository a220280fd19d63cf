/** List queries as in Neutron: any simple field filters and sorts, by its name on the wire. */
import { type Expression, type SqlBool, sql } from 'kysely';
import type { PageQuery } from '../../db/stores/network/pages.ts';
import { isNo, isYes } from '../../operations/wire/words.ts';
import { canonicalAddress, canonicalPrefix } from '../plan/ip-range.ts';
import { canonicalMac } from '../plan/mac-address.ts';
import { invalidInput } from '../errors.ts';
import type { ListFields } from './list-fields.ts';

/** A list query, with field names as on the wire. */
export interface ListQuery {
  /** The values of each field, one of which must match. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly sort: readonly { readonly key: string; readonly direction: 'asc' | 'desc' }[];
  readonly marker?: string;
  /** The page before the marker instead of the one after it. */
  readonly isReverse?: boolean;
  readonly limit: number;
}

const BOOLEANS = ['admin_state_up', 'shared', 'external', 'enable_dhcp', 'port_security_enabled', 'is_default'];

/** Filters by tags, each by a list with commas. Only what has the field `tags` takes them. */
const TAG_FILTERS: Readonly<Record<string, (tags: readonly string[]) => Expression<SqlBool>>> = {
  tags: (tags) => sql`tags @> ${tags}::text[]`,
  'tags-any': (tags) => sql`tags && ${tags}::text[]`,
  'not-tags': (tags) => sql`NOT tags @> ${tags}::text[]`,
  'not-tags-any': (tags) => sql`NOT tags && ${tags}::text[]`,
};

const tagsIn = (values: readonly string[]): readonly string[] => values.flatMap((value) => value.split(','));

/** Translates the query to columns. Refuses unknown fields: a misspelt filter must not match everything. */
export function pageQueryOf({ columns, constants, hasTags, lists = {} }: ListFields, query: ListQuery): PageQuery {
  const columnOf = (field: string, use: string): string => {
    const column = Object.hasOwn(columns, field) ? columns[field] : undefined;
    if (column === undefined) throw invalidInput(use, `'${field}' is not a supported field.`);
    return column;
  };
  const { changed_since: changedSince = [], ...filters } = query.filters;
  const { asked, byLists } = splitFilters(filters, { hasTags, lists });
  const isConstant = ([field]: (typeof asked)[number]): boolean => !Object.hasOwn(columns, field) && Object.hasOwn(constants, field);
  const filtering = asked
    .filter((one) => !isConstant(one))
    .map(([field, values]) => {
      const column = columnOf(field, 'filter');
      return [column, values.map((value) => formOf(field, column, value))] as const;
    });
  const hasSome = asked.filter(isConstant).every(([field, values]) => values.some((value) => isSame(field, value, constants[field] ?? '')));
  return {
    columns: Object.fromEntries(filtering),
    conditions: hasSome ? [...byLists, ...changedSince.map(isChangedSince)] : [sql<SqlBool>`false`],
    sort: query.sort.map(({ key, direction }) => ({ column: columnOf(key, 'sort_key'), direction })),
    limit: query.limit,
    ...(query.isReverse && { isReverse: true }),
    ...(query.marker !== undefined && { marker: query.marker }),
  };
}

/** Answers name times in this form. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function isChangedSince(text: string): Expression<SqlBool> {
  const time = TIME.test(text) ? new Date(text) : undefined;
  if (time === undefined || Number.isNaN(time.getTime()))
    throw invalidInput('changed_since', `'${text}' is no time like 2026-01-31T12:00:00Z.`);
  return sql`updated_at >= ${time}`;
}

/** Filters by columns that hold lists, such as tags, and the others. */
function splitFilters(
  filters: ListQuery['filters'],
  { hasTags, lists }: Pick<ListFields, 'hasTags'> & Required<Pick<ListFields, 'lists'>>,
) {
  const all = Object.entries(filters);
  const conditionOf = ([field, values]: (typeof all)[number]): Expression<SqlBool> | undefined => {
    if (Object.hasOwn(lists, field)) return sql`${sql.ref(lists[field] ?? '')} && ${values}::text[]`;
    return hasTags && Object.hasOwn(TAG_FILTERS, field) ? TAG_FILTERS[field]?.(tagsIn(values)) : undefined;
  };
  return { asked: all.filter((one) => !conditionOf(one)), byLists: all.flatMap((one) => conditionOf(one) ?? []) };
}

const isSame = (field: string, asked: string, constant: string): boolean =>
  (['true', 'false'].includes(constant) ? truthOf(field, asked) : asked) === constant;

/** How the database writes the values of some columns, whatever notation a client uses. Other text matches nothing. */
const FORMS: Readonly<Record<string, (text: string) => string | undefined>> = {
  mac_address: canonicalMac,
  gateway_ip: canonicalAddress,
  address: canonicalAddress,
  fixed_ip: canonicalAddress,
  cidr: canonicalPrefix,
  remote_cidr: canonicalPrefix,
};

const formOf = (field: string, column: string, text: string): string =>
  BOOLEANS.includes(column) ? truthOf(field, text) : (FORMS[column]?.(text) ?? text);

/** Normalises booleans to the database's form: True, true and 1 are one value. */
function truthOf(field: string, text: string): string {
  if (isYes(text)) return 'true';
  if (isNo(text)) return 'false';
  throw invalidInput(field, `'${text}' cannot be converted to boolean.`);
}
