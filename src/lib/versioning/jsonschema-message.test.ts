import { Type as t, type TSchema } from '@sinclair/typebox';
import { expect, test } from 'vitest';
import { anyOf, nullable, strictObject, stringEnum, stringMap } from './schema.ts';
import { checkBody } from './validation.ts';

const uuid = t.String({ format: 'uuid' });
const server = strictObject({ name: t.String(), flavorRef: anyOf(t.String(), t.Integer()), adminPass: t.Optional(t.String()) });

const cases: readonly (readonly [TSchema, unknown, string])[] = [
  [server, { name: 'x' }, "'flavorRef' is a required property"],
  [
    server,
    { name: 'x', flavorRef: '1', zzz: 1 },
    "Value: {'name': 'x', 'flavorRef': '1', 'zzz': 1}. Additional properties are not allowed ('zzz' was unexpected)",
  ],
  [server, { name: 'x', flavorRef: '1', a: 1, b: 2 }, "Additional properties are not allowed ('a', 'b' were unexpected)"],
  [server, { name: 1, zzz: 1 }, "Invalid input for field/attribute name. Value: 1. 1 is not of type 'string'"],
  [server, { name: 'x', flavorRef: null }, 'attribute flavorRef. Value: None. None is not valid under any of the given schemas'],
  [server, { name: 'x', flavorRef: '1', adminPass: 5 }, "attribute adminPass. Value: ***. '***' is not of type 'string'"],
  [server, { name: 'x', adminPass: 'hush' }, "Value: {'name': 'x', 'adminPass': '***'}"],
  [server, [], "[] is not of type 'object'"],
  [t.String({ maxLength: 2 }), 'abc', "Value: abc. 'abc' is too long"],
  [t.String({ minLength: 1 }), '', "Value: . '' is too short"],
  [t.String({ pattern: '^a$' }), 'b', "'b' does not match '^a$'"],
  [stringEnum(['AUTO', 'MANUAL']), 'x', "'x' is not one of ['AUTO', 'MANUAL']"],
  [nullable(t.String()), 1, "1 is not of type 'string', 'null'"],
  [nullable(stringEnum(['a'])), 'b', "'b' is not one of ['a', None]"],
  [t.Integer({ minimum: 1 }), 0, '0 is less than the minimum of 1'],
  [t.Integer({ maximum: 1 }), 2, '2 is greater than the maximum of 1'],
  [uuid, 'x', "'x' is not a 'uuid'"],
  [t.Literal('a'), 'b', "'a' was expected"],
  [t.Array(uuid), ['5f0c6cbe-1a0f-4a58-8a8c-9a3bb7d0b3aa', 'x'], "Invalid input for field/attribute 1. Value: x. 'x' is not a 'uuid'"],
  [t.Array(t.String(), { uniqueItems: true }), ['a', 'a'], "['a', 'a'] has non-unique elements"],
  [t.Array(t.String(), { maxItems: 1 }), ['a', 'b'], "['a', 'b'] is too long"],
  [stringMap('^[a-z]+$', t.String()), { A1: 'x' }, "'A1' does not match any of the regexes: '^[a-z]+$'"],
  [t.Object({}, { minProperties: 1 }), {}, '{} does not have enough properties'],
];

test.each(cases)('case %#: %2$s', (schema, value, sentence) => {
  const outer = strictObject({ server: schema });
  expect(() => checkBody(outer, { server: value })).toThrow(sentence);
});

test('of several errors the first in reading order is told', () => {
  const schema = strictObject({ a: t.Array(t.Object({ x: t.Integer() })), b: t.Integer() });
  expect(() => checkBody(schema, { b: 'no', a: [{ x: 1 }, {}, { x: 'no' }], c: 1 })).toThrow("'x' is a required property");
});
