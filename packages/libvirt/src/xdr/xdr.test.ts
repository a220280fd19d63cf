import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { is } from '../libvirt-error.ts';
import { limits } from '../limits.ts';
import { domain } from '../protocol/domain.ts';
import { typedParams, type TypedParam } from '../protocol/typed-param.ts';
import { bool, double, hyper, int, list, nothing, opaque, optional, size, string, struct, uhyper, uint, type Codec } from './codec.ts';
import { XdrReader } from './xdr-reader.ts';
import { XdrWriter } from './xdr-writer.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 400 }).filter((value) => !value.includes('\0'));
const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const aDomain = fc.record({ name: text, uuid: fc.uuid(), id: i32 }, { noNullPrototype: true });
const aParam: fc.Arbitrary<TypedParam> = fc.oneof(
  fc.record({ field: text, type: fc.constant('int' as const), value: i32 }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('uint' as const), value: u32 }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('llong' as const), value: i64 }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('ullong' as const), value: u64 }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('double' as const), value: fc.double() }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('boolean' as const), value: fc.boolean() }, { noNullPrototype: true }),
  fc.record({ field: text, type: fc.constant('string' as const), value: text }, { noNullPrototype: true }),
);

const encode = <T>(codec: Codec<T>, value: T): Buffer => {
  const writer = new XdrWriter();
  codec.write(writer, value);
  return Buffer.from(writer.finish());
};

const decode = <T>(codec: Codec<T>, bytes: Buffer): T => {
  const reader = new XdrReader(bytes);
  const value = codec.read(reader);
  reader.end();
  return value;
};

/** A codec with the values it carries; the type of the values is a matter between the two. */
interface Case {
  readonly name: string;
  readonly roundTrip: () => void;
  readonly codec: Codec<never>;
}

const carries = <T>(name: string, codec: Codec<T>, values: fc.Arbitrary<T>): Case => ({
  name,
  codec: codec as unknown as Codec<never>,
  roundTrip: () =>
    fc.assert(
      fc.property(values, (value) => {
        const bytes = encode(codec, value);
        expect(bytes.length % 4).toBe(0);
        expect(decode(codec, bytes)).toEqual(value);
        // Every shorter packet is refused, and refused by name.
        for (let length = 0; length < bytes.length; length += 4) {
          expect(() => decode(codec, bytes.subarray(0, length))).toThrow(expect.objectContaining({ code: 'protocol-violation' }));
        }
      }),
    ),
});

const cases: readonly Case[] = [
  carries('int', int, i32),
  carries('unsigned int', uint, u32),
  carries('hyper', hyper, i64),
  carries('unsigned hyper', uhyper, u64),
  carries('double', double, fc.double()),
  carries('bool', bool, fc.boolean()),
  carries('string', string, text),
  carries(
    'opaque',
    opaque,
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
  ),
  carries('size', size, fc.maxSafeNat()),
  carries('optional', optional(string), fc.option(text, { nil: undefined })),
  carries(
    'list',
    list(struct({ a: int, b: string }), 20),
    fc.array(fc.record({ a: i32, b: text }, { noNullPrototype: true }), { maxLength: 20 }),
  ),
  carries('domain', domain, aDomain),
  carries('typed parameters', typedParams, fc.array(aParam, { maxLength: 20 })),
];

describe.each(cases)('$name', ({ roundTrip, codec }) => {
  test('comes back as it was sent, in whole words, and never from fewer bytes', roundTrip);

  test('is either read from any bytes at all or refused with a typed error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode(codec, Buffer.from(bytes));
        } catch (error) {
          expect(is(error, 'protocol-violation')).toBe(true);
        }
      }),
    );
  });
});

test('values that do not fit are refused before anything is sent', () => {
  const refused = expect.objectContaining({ code: 'invalid-arg' });
  expect(() => encode(int, 0x80000000)).toThrow(refused);
  expect(() => encode(uint, -1)).toThrow(refused);
  expect(() => encode(uint, 1.5)).toThrow(refused);
  expect(() => encode(uhyper, -1n)).toThrow(refused);
  expect(() => encode(hyper, 2n ** 63n)).toThrow(refused);
  expect(() => encode(string, 'cut\0short')).toThrow(refused);
  expect(() => encode(string, 'x'.repeat(limits.stringBytes + 1))).toThrow(refused);
  expect(() => encode(list(int, 1), [1, 2])).toThrow(refused);
  expect(() => encode(domain, { name: 'a', uuid: 'not-a-uuid', id: 1 })).toThrow(refused);
});

const announces = (count: number): Buffer => encode(uint, count);

test('a peer that announces more than it may is refused, whatever follows', () => {
  const violated = expect.objectContaining({ code: 'protocol-violation' });
  expect(() => decode(string, announces(limits.stringBytes + 1))).toThrow(violated);
  expect(() => decode(list(int, 3), announces(4))).toThrow(violated);
  expect(() => decode(optional(int), announces(2))).toThrow(violated);
  expect(() => decode(size, encode(uhyper, 2n ** 53n))).toThrow(violated);
});

test('bytes behind the last field are a disagreement, not a detail', () => {
  expect(() => decode(nothing, encode(int, 1))).toThrow(expect.objectContaining({ code: 'protocol-violation' }));
});
