/** Random but repeatable values that fit a schema, for bodies of every route. */
import * as fc from 'fast-check';
import type { TSchema } from '@sinclair/typebox';
import type { Ids } from '../../src/lib/clock/ids.ts';

/** Values for a key by its name, so that samples are more likely to name existing things. */
export type Hints = (key: string) => readonly unknown[] | undefined;

interface Sampling {
  readonly chance: Ids;
  readonly hints: Hints;
}

type Node = Readonly<Record<string, unknown>>;

/** A value that fits the schema; the caller must check keywords that relate keys to each other. */
export const sampleOf = (schema: TSchema, chance: Ids, hints: Hints = () => undefined): unknown => valueOf(schema, '', { chance, hints });

function valueOf(schema: Node, key: string, sampling: Sampling): unknown {
  const { chance, hints } = sampling;
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return pick(schema['enum'], chance);
  const hinted = hints(key);
  if (hinted && hinted.length > 0 && chance.below(3) > 0) return pick(hinted, chance);
  const choices = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choices) && !('properties' in schema)) return valueOf(pick(choices, chance), key, sampling);
  if (Array.isArray(schema['allOf'])) return valueOf(Object.assign({}, ...schema['allOf']), key, sampling);
  const type: unknown = Array.isArray(schema['type']) ? pick(schema['type'], chance) : schema['type'];
  const make = MAKERS[String(type)];
  return make ? make(schema, key, sampling) : pick(ANYTHING, chance);
}

const ANYTHING: readonly unknown[] = ['text', 1, true, null, ['a'], { a: 'b' }];

const MAKERS: Readonly<Record<string, (schema: Node, key: string, sampling: Sampling) => unknown>> = {
  null: () => null,
  boolean: (_schema, _key, { chance }) => chance.below(2) === 0,
  integer: (schema, _key, { chance }) => numberFor(schema, chance),
  number: (schema, _key, { chance }) => numberFor(schema, chance),
  string: (schema, _key, { chance }) => stringFor(schema, chance),
  array: arrayFor,
  object: objectFor,
};

function numberFor(schema: Node, chance: Ids): number {
  const low = Number(schema['minimum'] ?? 0);
  const high = Number(schema['maximum'] ?? low + 10);
  return pick([low, high, low + chance.below(Math.max(1, Math.min(high - low, 1_000)))], chance);
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000000',
  'date-time': '2026-01-01T00:00:00Z',
  ipv4: '10.20.0.77',
  ipv6: 'fd00::77',
  ip: '10.20.0.77',
  cidr: '10.98.0.0/24',
  uri: 'http://127.0.0.1/',
  base64: 'aGk=',
  regex: '^a$',
  'mac-address': 'fa:16:3e:00:00:77',
  hostname: 'a.example',
};

function stringFor(schema: Node, chance: Ids): string {
  const format = FORMATS[String(schema['format'])];
  if (format !== undefined) return format;
  if (typeof schema['pattern'] === 'string') return pick(matching(schema['pattern']), chance);
  const least = Number(schema['minLength'] ?? 0);
  const most = Number(schema['maxLength'] ?? 255);
  const length = pick([least, Math.min(most, Math.max(least, 1 + chance.below(12))), Math.min(most, 255)], chance);
  return Array.from({ length }, () => 'abcdefghij0123456789'.charAt(chance.below(20))).join('');
}

const known = new Map<string, readonly string[]>();

/** A few texts that match a pattern; generating them is slow. */
function matching(pattern: string): readonly string[] {
  const before = known.get(pattern);
  if (before) return before;
  const made = samplesMatching(pattern);
  known.set(pattern, made);
  return made;
}

function samplesMatching(pattern: string): readonly string[] {
  try {
    return fc.sample(fc.stringMatching(new RegExp(pattern, 'u'), { maxLength: 40 }), { seed: 1, numRuns: 20 });
  } catch {
    // The generator does not support some patterns, such as look-aheads.
    return ['a', '1'];
  }
}

function arrayFor(schema: Node, key: string, sampling: Sampling): unknown[] {
  const least = Number(schema['minItems'] ?? 0);
  const most = Math.min(Number(schema['maxItems'] ?? 3), 3);
  const length = Math.max(least, sampling.chance.below(most + 1));
  const items = Array.from({ length }, () => valueOf(nodeIn(schema, 'items'), key, sampling));
  return schema['uniqueItems'] === true ? [...new Map(items.map((item) => [JSON.stringify(item), item])).values()] : items;
}

function objectFor(schema: Node, _key: string, sampling: Sampling): Record<string, unknown> {
  const { chance } = sampling;
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  const found: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(nodeIn(schema, 'properties')))
    if (required.includes(name) || chance.below(3) === 0) found[name] = valueOf(Object(inner), name, sampling);
  for (const [pattern, inner] of Object.entries(nodeIn(schema, 'patternProperties')))
    if (chance.below(3) > 0) found[pick(matching(pattern), chance)] = valueOf(Object(inner), '', sampling);
  // Alternatives of required keys are listed next to the properties.
  const choices = schema['anyOf'] ?? schema['oneOf'];
  const also: unknown = Array.isArray(choices) ? Object(pick(choices, chance))['required'] : undefined;
  for (const name of Array.isArray(also) ? also : []) found[name] ??= valueOf(Object(Object(schema['properties'])[name]), name, sampling);
  return found;
}

const nodeIn = (schema: Node, key: string): Node => Object(schema[key]);

/** One of several, at random. */
export function pick<T>(values: readonly T[], chance: Ids): T {
  const found = values[chance.below(values.length)];
  // Seam: an index below the length has an item, unless the array is empty.
  return found as T;
}
