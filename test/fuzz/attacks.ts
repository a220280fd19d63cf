/** The attacks of the fuzzer; each modifies a valid, or nearly valid, request. */
import * as fc from 'fast-check';
import type { Route } from '../../src/api/pipeline/route.ts';
import type { Ids } from '../../src/lib/clock/ids.ts';
import type { ApiTable } from '../support/api-tables.ts';
import { brokenBodies, hostileHeaders, hostileIds, hostileValues } from '../support/hostile.ts';
import { pick } from '../support/schema-samples.ts';
import type { Draft } from './draft.ts';

/** One attack. */
export interface Attack {
  readonly name: string;
  /** Its relative frequency. */
  readonly weight: number;
  readonly suits: (table: ApiTable, route: Route<never>) => boolean;
  /** It changes the body: the schema decides whether the request must be refused. */
  readonly spoils: boolean;
  /** The request must be refused before anything is done. */
  readonly dooms: boolean;
  readonly mount: (draft: Draft, chance: Ids) => void;
}

const attack = (name: string, weight: number, mount: Attack['mount'], more: Partial<Attack> = {}): Attack => ({
  name,
  weight,
  suits: () => true,
  spoils: false,
  dooms: false,
  mount,
  ...more,
});

const takesBody = { suits: (_: ApiTable, route: Route<never>) => route.body !== undefined, spoils: true };
const hasVersions = { suits: (table: ApiTable) => table.versions.length > 1, dooms: true };
const wantsToken = {
  suits: (table: ApiTable, route: Route<never>) => route.auth !== 'none' && table.mount !== '/openapi' && route.path !== '/',
  dooms: true,
};
const hasName = { suits: (_: ApiTable, route: Route<never>) => route.path.includes('{') };

/** A pool of values as JSON texts: each use parses a new copy, because attacks may modify it. */
const values: readonly string[] = fc.sample(hostileValues, { seed: 7, numRuns: 400 }).map((value) => JSON.stringify(value));
const valueBy = (chance: Ids): unknown => JSON.parse(pick(values, chance));
const KEYS = ['zzz', '__proto__', 'constructor', 'toString', 'id', '', ' ', 'a'.repeat(300), '\u0000', '💩', 'server', '$ref'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'LINK', 'QUERY'];
const TOKENS = ['', 'x', 'a.b.c', 'x'.repeat(9_000), "' or 1=1--", 'eyJhbGciOiJub25lIn0.e30.', '%00', '../../token', '💩'];
const VERSIONS = [
  'compute 99.99',
  'compute 2.0',
  'compute 2.-1',
  'compute',
  'compute 2.1.1',
  'compute 2.9999',
  'compute v2',
  'compute 0x2.1',
];
const NAMES = [
  'limit',
  'marker',
  'sort_key',
  'sort_dir',
  'name',
  'fields',
  'all_tenants',
  'changes-since',
  'status',
  'id',
  'zzz',
  '__proto__',
];
const TEXTS = [
  '',
  '%00',
  '%ff',
  '%',
  'a%00b',
  '-1',
  '1e9',
  '99999999999999999999',
  'null',
  '%ED%A0%80',
  '%F0%9F%92%A9',
  '%2e%2e%2f',
  "'%3b--",
];

/** Includes valid keys: the answer under one must not be returned for a different request. */
const WORK_KEYS = ['k1', 'k2', '', 'x'.repeat(300), 'a b', '"quoted"', '%00', '\u00ff', 'a, b', '__proto__'];

/** Every attack. */
export const attacks: readonly Attack[] = [
  attack('wrong values', 8, (draft, chance) => times(1 + chance.below(3), () => wound(draft, chance, 'replace')), takesBody),
  attack('missing keys', 3, (draft, chance) => wound(draft, chance, 'remove'), takesBody),
  attack('unknown keys', 4, (draft, chance) => wound(draft, chance, 'add'), takesBody),
  attack('broken body', 3, (draft, chance) => void (draft.body = pick(brokenBodies, chance)), takesBody),
  attack(
    'cut body',
    2,
    (draft, chance) => {
      const text = JSON.stringify(draft.body ?? {});
      draft.body = text.slice(0, chance.below(text.length));
    },
    takesBody,
  ),
  attack(
    'giant body',
    1,
    (draft, chance) => void (draft.body = { ...Object(draft.body), big: 'x'.repeat(pick([120_000, 400_000], chance)) }),
    takesBody,
  ),
  attack('unasked body', 1, (draft, chance) => void (draft.body = pick(brokenBodies, chance)), {
    suits: (_, route) => route.method === 'GET',
  }),
  attack('wrong id', 6, () => {}, hasName),
  attack(
    'wrong path',
    2,
    (draft, chance) => {
      const extra = pick(hostileIds, chance);
      draft.target = pick([`${draft.target}/${extra}/zzz`, `${draft.table.mount}/zzz/${extra}`, `/${extra}${draft.target}`], chance);
      draft.isDoomed = true;
    },
    { dooms: true },
  ),
  attack(
    'wrong method',
    4,
    (draft, chance) => {
      const taken = draft.table.routes.filter(({ path }) => couldBe(path, draft.route.path)).map(({ method }) => String(method));
      const others = METHODS.filter((method) => !taken.includes(method) && !(method === 'HEAD' && taken.includes('GET')));
      draft.method = pick(others, chance);
      draft.isDoomed = true;
    },
    { dooms: true },
  ),
  attack(
    'wrong version',
    3,
    (draft, chance) => {
      draft.headers['OpenStack-API-Version'] = pick(VERSIONS, chance).replace('compute', draft.table.service);
      draft.isDoomed = true;
    },
    hasVersions,
  ),
  attack(
    'wrong token',
    3,
    (draft, chance) => {
      draft.headers['X-Auth-Token'] = pick(TOKENS, chance);
      draft.isDoomed = true;
    },
    wantsToken,
  ),
  attack(
    'no token',
    1,
    (draft) => {
      delete draft.headers['X-Auth-Token'];
      draft.isDoomed = true;
    },
    wantsToken,
  ),
  attack('used key', 2, (draft, chance) => void (draft.headers['Idempotency-Key'] = pick(WORK_KEYS, chance)), {
    suits: (_, route) => route.method !== 'GET',
  }),
  attack('hostile headers', 3, (draft, chance) => {
    const { 'x-auth-token': token, ...rest } = pick(hostileHeaders, chance);
    draft.headers = { ...draft.headers, ...rest, ...(token === undefined ? {} : { 'X-Auth-Token': token }) };
  }),
  attack('broken headers', 1, (draft, chance) => {
    draft.headers[pick(['X-A', 'X B', 'X-\u0000', 'Content-Length', 'Transfer-Encoding'], chance)] = pick(
      ['\u0000', 'a\u0001', '-1', 'zz', '\u007f'],
      chance,
    );
    draft.isBroken = true;
  }),
  attack(
    'hostile query',
    6,
    (draft, chance) => {
      const pairs = Array.from({ length: 1 + chance.below(4) }, () => `${queryName(draft, chance)}=${pick(TEXTS, chance)}`);
      draft.target += `?${pairs.join('&')}`;
    },
    { suits: (_, route) => route.method === 'GET' },
  ),
  attack(
    'giant query',
    1,
    (draft, chance) => {
      draft.target += `?${queryName(draft, chance)}=${pick(['x', '%20', '9', 'a&a='], chance).repeat(chance.below(6_000))}`;
    },
    { suits: (_, route) => route.method === 'GET' },
  ),
];

const times = (count: number, act: () => void): void => Array.from({ length: count }).forEach(act);

const queryName = ({ route, at }: Draft, chance: Ids): string => {
  const own = Object.keys(Object(route.query?.schemaAt(at)['properties']));
  return encodeURIComponent(pick(own.length > 0 && chance.below(3) > 0 ? own : NAMES, chance));
};

/** Whether some path matches both templates. */
const couldBe = (a: string, b: string): boolean => {
  const [left, right] = [a.split('/').filter(Boolean), b.split('/').filter(Boolean)];
  return left.length === right.length && left.every((word, index) => word === right[index] || `${word}${right[index]}`.includes('{'));
};

/** Changes one place of the body. */
function wound(draft: Draft, chance: Ids, how: 'replace' | 'remove' | 'add'): void {
  const root = { body: draft.body };
  const places = placesIn(root);
  const { parent, key } = pick(places, chance);
  if (how === 'replace') put(parent, key, valueBy(chance));
  else if (how === 'remove') delete parent[key];
  else {
    const inner = parent[key];
    if (isRecord(inner)) put(inner, pick(KEYS, chance), valueBy(chance));
    else put(parent, key, { [pick(KEYS, chance)]: inner });
  }
  draft.body = root.body;
}

/** Treats `__proto__` as an ordinary key. */
const put = (parent: object, key: string, value: unknown): void =>
  void Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });

interface Spot {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

/** Earlier attacks may have made it very deep. */
const DEEPEST = 10;

const placesIn = (node: Record<string, unknown>, depth = 0): Spot[] =>
  Object.entries(node).flatMap(([key, inner]) => [
    { parent: node, key },
    ...(isRecord(inner) && depth < DEEPEST ? placesIn(inner, depth + 1) : []),
  ]);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
