import { Type as t } from '@sinclair/typebox';
import { expect, expectTypeOf, test } from 'vitest';
import { microversions } from './microversion.ts';
import { manyParam, param, queryParams } from './query-params.ts';

const v = microversions({ initial: ['2.1', 'First.'], tags: ['2.26', 'Tags.'], strictKeys: ['2.75', 'Strict.'] });
const list = queryParams(
  {
    limit: param({ type: t.String({ pattern: '^[0-9]*$' }), read: Number }),
    status: manyParam(),
    tags: param({ since: v.tags }),
    marker: param({ once: true }),
  },
  { strict: { since: v.strictKeys }, tolerate: '^_' },
);
const parse = (query: string, at: (typeof v)[keyof typeof v]) => list.parse(new URLSearchParams(query), at);

test('values are read, repeated ones as a list, of others the last', () => {
  expect(parse('limit=2&limit=3&status=A&status=B', v.initial)).toEqual({ limit: 3, status: ['A', 'B'] });
  expectTypeOf(parse('', v.initial)).toEqualTypeOf<{
    readonly limit?: number;
    readonly status?: readonly string[];
    readonly tags?: string;
    readonly marker?: string;
  }>();
});

test('a parameter is ignored before its version', () => {
  expect(parse('tags=x', v.initial)).toEqual({});
  expect(parse('tags=x', v.tags)).toEqual({ tags: 'x' });
});

test('unknown parameters are ignored first and refused later, but for tolerated names', () => {
  expect(parse('zzz=1', v.tags)).toEqual({});
  expect(() => parse('zzz=1', v.strictKeys)).toThrow("'zzz' does not match any of the regexes: '^_'");
  expect(parse('_=1', v.strictKeys)).toEqual({});
  const closed = queryParams({}, { strict: {} });
  expect(() => closed.parse(new URLSearchParams('a=1&b=2'), v.initial)).toThrow(
    "Additional properties are not allowed ('a', 'b' were unexpected)",
  );
});

test('a bad value is quoted with its parameter', () => {
  expect(() => parse('limit=-1', v.initial)).toThrow("Invalid input for query parameters limit. Value: -1. '-1' does not match '^[0-9]*$'");
  expect(() => parse('marker=a&marker=b', v.initial)).toThrow("Value: ['a', 'b']. ['a', 'b'] is too long");
  expect(parse('__proto__=1&constructor=2', v.initial)).toEqual({});
});
