/** What a hostile or broken client sends: ids, bodies and headers that every service must survive. A seed gives the same ones again. */
import * as fc from 'fast-check';

const unknownUuid = '00000000-0000-4000-8000-000000000000';

/** Path segments, already percent-encoded. */
export const hostileIds: readonly string[] = [
  unknownUuid,
  unknownUuid.toUpperCase(),
  '0',
  '-1',
  '1e309',
  '9'.repeat(40),
  'null',
  'undefined',
  '__proto__',
  'constructor',
  '%00',
  'a%00b',
  '%ff%fe',
  '%',
  '%zz',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  "'%20or%201%3d1--",
  '%22%3e%3cscript%3e',
  '%24%7b7%2a7%7d',
  '%0d%0aX-Evil:%201',
  '%F0%9F%92%A9',
  '%E2%80%AE',
  'x'.repeat(300),
  'x'.repeat(5_000),
];

/** Values put where something else belongs. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, -1, 1e308, 2 ** 53, 0.1, '', ' ', [], {}, [[]], [null], { a: null }),
  fc.constantFrom<unknown>({ toString: true }, { toString: null, valueOf: null }, { length: 9 }, { toJSON: 1 }),
  fc.constantFrom<unknown>('\u0000', 'a\u0000b', '\ud800', '💩', '../../etc/passwd', "' or 1=1--", '${7*7}', '\r\nX-Evil: 1', '%s%n'),
  fc.constantFrom<unknown>(
    'x'.repeat(256),
    'x'.repeat(70_000),
    Array.from({ length: 2_000 }, () => 'x'),
    nested(30),
    nested(3_000),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

function nested(depth: number): unknown {
  let value: unknown = 'deep';
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

/** Bodies that are not a JSON object: every service must refuse them. */
export const brokenBodies: readonly string[] = [
  '{',
  '}',
  '[]',
  '[{}]',
  'null',
  'true',
  '0',
  '"text"',
  '{}',
  '{"a":1',
  '{"a":NaN}',
  "{'a':1}",
  '\u0000',
  '\ufeff{}',
  '<xml/>',
  '{"__proto__":{"isAdmin":true}}',
  '['.repeat(20_000),
  `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
  `{"a":"${'x'.repeat(200_000)}"}`,
];

/** A valid body with one defect: a value replaced, a key removed, a key added somewhere. */
export const mutationsOf = (body: object): fc.Arbitrary<object> =>
  fc
    .tuple(fc.constantFrom(...pathsIn(body)), hostileValues, fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add'))
    .map(([path, value, how]) => {
      const copy: unknown = structuredClone(body);
      const parent = path.slice(0, -1).reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), copy);
      const key = path.at(-1) ?? '';
      if (isRecord(parent)) {
        if (how === 'replace') parent[key] = value;
        else if (how === 'remove') delete parent[key];
        else parent[`${key}_unknown`] = value;
      }
      return isRecord(copy) ? copy : {};
    });

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const pathsIn = (value: unknown): string[][] =>
  isRecord(value) ? Object.entries(value).flatMap(([key, inner]) => [[key], ...pathsIn(inner).map((rest) => [key, ...rest])]) : [];

/** Headers of an otherwise valid request. */
export const hostileHeaders: readonly Readonly<Record<string, string>>[] = [
  { 'x-auth-token': '' },
  { 'x-auth-token': 'x'.repeat(10_000) },
  { 'x-auth-token': 'a.b.c' },
  { 'x-auth-token': "' or 1=1--" },
  { 'openstack-api-version': 'compute 99.99' },
  { 'openstack-api-version': 'compute' },
  { 'openstack-api-version': 'compute 2.1.1, compute latest' },
  { 'x-openstack-nova-api-version': '2.-1' },
  { 'x-openstack-nova-api-version': '99999999999999999999.1' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-99' },
  { 'content-type': ';;;' },
  { accept: 'application/xml' },
  { accept: '*/*;q=nan' },
  { 'x-openstack-request-id': 'req-../../etc' },
  { 'x-openstack-request-id': 'x'.repeat(5_000) },
  { 'x-forwarded-proto': 'javascript' },
  { host: 'evil example' },
  { range: 'bytes=-1-5' },
];
