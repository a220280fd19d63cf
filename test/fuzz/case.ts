/** One hostile request to one route, derived only from a seed and a number, so that it can be reproduced. */
import type { Route } from '../../src/api/pipeline/route.ts';
import { type Ids, seededIds } from '../../src/lib/clock/ids.ts';
import { live, type Microversion } from '../../src/lib/versioning/microversion.ts';
import type { ApiTable } from '../support/api-tables.ts';
import { thingsIn } from '../support/api-tables.ts';
import type { Belongings } from '../support/belongings.ts';
import { hostileIds } from '../support/hostile.ts';
import { type Hints, pick, sampleOf } from '../support/schema-samples.ts';
import { type Attack, attacks } from './attacks.ts';
import type { Draft } from './draft.ts';
import type { RawRequest } from './wire.ts';

/** The cloud under test: its API tables, existing things, and the callers' tokens. */
export interface World {
  readonly tables: readonly ApiTable[];
  readonly belongings: Belongings;
  readonly tokens: readonly string[];
  readonly hints: Hints;
  /** The versions of most requests: compiling the schemas of a version takes longer than the requests. */
  readonly versions: readonly Microversion[];
}

/** A request ready to send. */
export interface FuzzCase {
  readonly number: number;
  readonly attack: string;
  readonly draft: Draft;
  readonly request: RawRequest;
}

/** Things whose names need not exist: any name works. */
const ANY_NAME = /quota|extra_specs$|tags$|metadata$/;

/** The case of a number; the same world, seed and number give the same case. */
export function caseOf(world: World, seed: number, number: number): FuzzCase {
  const chance = seededIds(Math.imul(seed ^ 0x9e3779b9, number * 2 + 1) ^ (number << 7));
  // Skipped, because the first few numbers of a small seed are small.
  for (let skip = 0; skip < 8; skip += 1) chance.below(2);
  const { table, route } = pick(targetsIn(world), chance);
  const fitting = attacks.filter((attack) => attack.suits(table, route));
  const attack = pick(
    fitting.flatMap((one) => Array.from({ length: one.weight }, () => one)),
    chance,
  );
  const draft = draftOf(world, table, route, attack, chance);
  attack.mount(draft, chance);
  return { number, attack: attack.name, draft, request: requestOf(draft) };
}

interface Target {
  readonly table: ApiTable;
  readonly route: Route<never>;
}

const known = new WeakMap<World, readonly Target[]>();

/** Every route of every table; routes with a body are more frequent, because more can be wrong. */
function targetsIn(world: World): readonly Target[] {
  const before = known.get(world);
  if (before) return before;
  const found = world.tables.flatMap((table) =>
    table.routes.flatMap((route) => Array.from({ length: route.body ? 3 : 1 }, (): Target => ({ table, route }))),
  );
  known.set(world, found);
  return found;
}

function draftOf(world: World, table: ApiTable, route: Route<never>, attack: Attack, chance: Ids): Draft {
  const at = versionFor(world, table, route, chance);
  const { path, isDoomed } = pathFor(world, table, route, attack, chance);
  const hasVersion = table.versions.length > 1;
  return {
    table,
    route,
    at,
    method: route.method,
    target: `${table.mount}${path}` || '/',
    headers: {
      'X-Auth-Token': pick(world.tokens, chance),
      ...(hasVersion ? { 'OpenStack-API-Version': `${table.service} ${at.version}` } : {}),
      ...(route.body ? { 'Content-Type': 'application/json' } : {}),
    },
    body: route.body ? copyOf(sampleOf(route.body.schemaAt(at), chance, world.hints)) : undefined,
    isDoomed,
    isBroken: false,
  };
}

/** Mostly a version that has the route. */
function versionFor({ versions }: World, table: ApiTable, route: Route<never>, chance: Ids): Microversion {
  const usual = table.versions.filter((version) => table.versions.length === 1 || versions.includes(version));
  const alive = usual.filter((version) => live(route, version));
  if (alive.length === 0) return table.versions.find((version) => live(route, version)) ?? pick(table.versions, chance);
  return pick(chance.below(8) > 0 ? alive : usual, chance);
}

/** Copies a sample, because the values that it is made of are reused. */
const copyOf = (sample: unknown): unknown => (sample === undefined ? undefined : JSON.parse(JSON.stringify(sample)));

/** Names real things where that changes nothing; where only the name is wrong, the first name is. */
function pathFor({ belongings }: World, { service }: ApiTable, route: Route<never>, attack: Attack, chance: Ids) {
  const things = thingsIn(service, route.path);
  const mayBeReal = route.method === 'GET' || (attack.spoils && route.method !== 'DELETE') || attack.dooms;
  const wantsWrong = !mayBeReal || attack.name === 'wrong id' || chance.below(4) === 0;
  let isDoomed = false;
  const path = things.reduce((text, { name, thing }, index) => {
    const known = belongings[thing];
    const wrong = known === undefined || (wantsWrong && (index === 0 || chance.below(2) === 0));
    if (wrong && !ANY_NAME.test(thing)) isDoomed = true;
    return text.replace(`{${name}}`, () => (wrong ? pick(hostileIds, chance) : encodeURIComponent(known.id)));
  }, route.path);
  return { path, isDoomed };
}

const requestOf = ({ method, target, headers, body }: Draft): RawRequest => ({
  method,
  target,
  headers,
  body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
});
