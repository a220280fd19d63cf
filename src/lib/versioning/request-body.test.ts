import { Type as t } from '@sinclair/typebox';
import * as fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { bodyObject } from './body-object.ts';
import { microversions } from './microversion.ts';
import { envelopeBody, optionalBody, plainBody, requestBody } from './request-body.ts';
import { nullable, stringEnum } from './schema.ts';
import { bodyField, bodyVariants, listOf, members, upgraded } from './shape.ts';

const v = microversions({
  initial: ['2.1', 'First.'],
  description: ['2.19', 'Descriptions.'],
  tags: ['2.32', 'Tags.'],
  autoNetworks: ['2.37', 'Auto networks.'],
  tagsAgain: ['2.42', 'Tags again.'],
});

const network = bodyObject({
  uuid: bodyField({ type: t.String(), required: true }),
  tag: bodyVariants(
    bodyField({ type: t.String(), since: v.tags, until: v.autoNetworks }),
    bodyField({ type: t.String(), since: v.tagsAgain }),
  ),
});

const create = requestBody(
  'server',
  {
    name: bodyField({ type: t.String({ minLength: 1 }), required: true }),
    description: bodyField({ type: nullable(t.String()), since: v.description }),
    count: bodyField({ type: t.Integer(), absent: 1 }),
    networks: bodyVariants(
      bodyField({ type: upgraded(listOf(network), (list) => ({ kind: 'these' as const, list })), until: v.autoNetworks }),
      bodyField({
        type: upgraded(t.Union([t.Literal('auto'), t.Literal('none')]), (word) => ({ kind: word, list: [] })),
        since: v.autoNetworks,
        required: true,
      }),
    ),
  },
  { beside: { hints: bodyField({ type: t.Object({ group: t.String() }) }) } },
);

test('an older body is upgraded to the newest form', () => {
  expect(create.parse({ server: { name: 'a', networks: [{ uuid: 'n' }] } }, v.initial)).toEqual({
    name: 'a',
    count: 1,
    networks: { kind: 'these', list: [{ uuid: 'n' }] },
  });
  expect(create.parse({ server: { name: 'a', networks: 'none' }, hints: { group: 'g' } }, v.autoNetworks)).toEqual({
    name: 'a',
    count: 1,
    networks: { kind: 'none', list: [] },
    hints: { group: 'g' },
  });
});

test('a key is unknown before its version, between its windows and after them', () => {
  const body = { server: { name: 'a', networks: [{ uuid: 'n', tag: 'x' }] } };
  expect(() => create.parse(body, v.initial)).toThrow("('tag' was unexpected)");
  expect(create.parse(body, v.tags).networks).toEqual({ kind: 'these', list: [{ uuid: 'n', tag: 'x' }] });
  expect(() => create.parse({ server: { name: 'a', description: 'd' } }, v.initial)).toThrow(
    "Invalid input for field/attribute server. Value: {'name': 'a', 'description': 'd'}. Additional properties are not allowed ('description' was unexpected)",
  );
});

test('a key that became required is required from then on', () => {
  expect(create.parse({ server: { name: 'a' } }, v.tags)).toEqual({ name: 'a', count: 1 });
  expect(() => create.parse({ server: { name: 'a' } }, v.autoNetworks)).toThrow("'networks' is a required property");
});

test('the legacy way drops unknown keys instead of refusing them', () => {
  expect(create.parse({ server: { name: 'a', zzz: 1 }, yyy: 2 }, v.initial, { unknownKeys: 'drop' })).toEqual({ name: 'a', count: 1 });
});

test('a member of an enumeration has a window', () => {
  const body = envelopeBody('policy', members({ affinity: {}, 'soft-affinity': { since: v.description } }));
  expect(() => body.parse({ policy: 'soft-affinity' }, v.initial)).toThrow("'soft-affinity' is not one of ['affinity']");
  expect(body.parse({ policy: 'soft-affinity' }, v.tags)).toBe('soft-affinity');
});

test('a missing body or envelope is named', () => {
  expect(() => create.parse(undefined, v.initial)).toThrow("None is not of type 'object'");
  expect(() => create.parse({}, v.initial)).toThrow("'server' is a required property");
  expect(() => create.parse({ other: 1 }, v.initial)).toThrow("'server' is a required property");
});

test('a body may be allowed to stay away', () => {
  const body = optionalBody(envelopeBody('port', t.String()), 'any port');
  expect([body.parse(undefined, v.initial), body.parse({ port: 'p' }, v.initial)]).toEqual(['any port', 'p']);
});

test('the head type says what is always there', () => {
  type Head = ReturnType<typeof create.parse>;
  expectTypeOf<Head['name']>().toEqualTypeOf<string>();
  expectTypeOf<Head['count']>().toEqualTypeOf<number>();
  expectTypeOf<Head['description']>().toEqualTypeOf<string | null | undefined>();
  expectTypeOf<NonNullable<Head['networks']>['kind']>().toEqualTypeOf<'these' | 'auto' | 'none'>();
  expectTypeOf<Head['hints']>().toEqualTypeOf<{ group: string } | undefined>();
  const enumBody = plainBody(stringEnum(['a', 'b']));
  expectTypeOf<ReturnType<typeof enumBody.parse>>().toEqualTypeOf<'a' | 'b'>();
  // @ts-expect-error no such key
  expect(() => create.parse({ server: { name: 'a' } }, v.initial).nome).not.toThrow();
});

test('whatever fits comes out with every value kept', () => {
  const given = fc.record({ name: fc.string({ minLength: 1 }), description: fc.option(fc.string()), count: fc.integer() });
  fc.assert(
    fc.property(given, (server) => {
      expect(create.parse({ server }, v.description)).toEqual(server);
    }),
  );
});

test('nothing that comes in makes it fail in any other way than by refusal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(...Object.values(v)), (raw, at) => {
      try {
        create.parse(raw, at);
      } catch (error) {
        expect(error).toHaveProperty('kind', 'invalid');
      }
    }),
  );
});
