// The filters of lists, as queries write them.
import type { AskedFilter, Filter } from '../../../objects/volume-listing.ts';
import { HttpFault } from '../../../lib/http/http-fault.ts';
import { isPlainText } from '../../../lib/http/plain-text.ts';
import type { ApiRequest } from '../../pipeline/route.ts';
import { isoTime } from '../compute/iso-time.ts';
import { v } from './microversions.ts';
import { truthOf } from './wire.ts';

type Asked = Pick<ApiRequest, 'rawQuery' | 'at' | 'url'>;

/** A parameter that filters: the column, and how its text is read. */
export interface ListFilter {
  readonly column: string;
  readonly kind: 'text' | 'number' | 'truth' | 'time' | 'map';
  /** Only administrators filter by it. */
  readonly adminOnly?: boolean;
}

/** What a list can be filtered and sorted by. */
export interface ListRules {
  readonly filters: Readonly<Record<string, ListFilter>>;
  /** Columns by the name of the sort key. */
  readonly sort: Readonly<Record<string, string>>;
}

/** Parameters that do not filter. */
export const PAGING = [
  'limit',
  'marker',
  'offset',
  'sort',
  'sort_key',
  'sort_dir',
  'all_tenants',
  'with_count',
  'is_public',
  'project_id',
  'tenant_id',
  'usage',
];

/** The rule for a parameter; `name~` is that of `name`. */
export function ruleFor({ at }: Asked, { filters }: ListRules, name: string): ListFilter | undefined {
  const plain = name.endsWith('~') && at(v.likeFilters) ? name.slice(0, -1) : name;
  return Object.hasOwn(filters, plain) ? filters[plain] : undefined;
}

/** The conditions of a query. */
export function filtersOf(req: Asked, rules: ListRules): readonly AskedFilter[] {
  return [...req.rawQuery].flatMap(([name, text]) => {
    const rule = PAGING.includes(name) ? undefined : ruleFor(req, rules, name);
    if (!rule) return [];
    const like = [{ column: rule.column, is: 'like' as const, value: text }];
    const found = name.endsWith('~') ? like : conditionsOf(req, name, rule, text);
    return found.map((filter) => ({ ...filter, name, adminOnly: rule.adminOnly ?? false }));
  });
}

function conditionsOf({ at }: Asked, name: string, { column, kind }: ListFilter, text: string): readonly Filter[] {
  if (kind === 'text') return [{ column, is: 'equal', value: text }];
  if (kind === 'number') return [{ column, is: 'equal', value: wholeNumber(name, text) ?? 0 }];
  if (kind === 'map') return [{ column, is: 'equal', value: mapOf(name, text) }];
  if (kind === 'time') return at(v.timeFilters) ? timesOf(name, column, text) : [];
  const truth = truthOf(text);
  if (truth === undefined && at(v.strictBootable)) throw new HttpFault(400, `Invalid filter ${name} = ${text.slice(0, 255)}.`);
  return [{ column, is: 'equal', value: truth ?? true }];
}

/** `gt:2026-01-01,lte:2026-02-01`. */
function timesOf(name: string, column: string, text: string): readonly Filter[] {
  return text.split(',').map((part) => {
    const [, sign = '', time = ''] = /^(gt|gte|lt|lte|eq|neq):(.+)$/.exec(part.trim()) ?? [];
    if (sign === '') throw new HttpFault(400, `Invalid filter ${name}: ${part.slice(0, 255)}.`);
    // Seam: the pattern lists the signs.
    return { column, is: (sign === 'eq' ? 'equal' : sign) as Filter['is'], value: isoTime(time) };
  });
}

/** A dictionary as Python or JSON writes it. */
function mapOf(name: string, text: string): Readonly<Record<string, string>> {
  try {
    const found: unknown = JSON.parse(text.replaceAll(/u?'((?:[^'\\]|\\.)*)'/g, (_all, inner: string) => JSON.stringify(inner)));
    if (typeof found === 'object' && found !== null && !Array.isArray(found) && isPlainText(text))
      return Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
  } catch {
    // Refused below.
  }
  throw new HttpFault(400, `Invalid filter ${name}: it is not a dictionary.`);
}

/** A whole number in a query. */
export function wholeNumber(name: string, text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new HttpFault(400, `${name} param must be an integer of at least 0 (${text.slice(0, 255)}).`);
  return Number(text);
}
