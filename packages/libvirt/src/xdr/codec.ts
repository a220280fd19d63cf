import { LibvirtError } from '../libvirt-error.ts';
import type { XdrReader } from './xdr-reader.ts';
import type { XdrWriter } from './xdr-writer.ts';

/** Writes a value to the wire. */
export interface Encoder<T> {
  write(writer: XdrWriter, value: T): void;
}

/** Reads a value from the wire. */
export interface Decoder<T> {
  read(reader: XdrReader): T;
}

/** Both ways. */
export interface Codec<T> extends Encoder<T>, Decoder<T> {}

/** The value that an encoder takes. */
export type Sent<E> = E extends Encoder<infer T> ? T : never;

/** The value that a decoder gives. */
export type Received<D> = D extends Decoder<infer T> ? T : never;

export const int: Codec<number> = { write: (writer, value) => writer.int(value), read: (reader) => reader.int() };
export const uint: Codec<number> = { write: (writer, value) => writer.uint(value), read: (reader) => reader.uint() };
export const hyper: Codec<bigint> = { write: (writer, value) => writer.hyper(value), read: (reader) => reader.hyper() };
export const uhyper: Codec<bigint> = { write: (writer, value) => writer.uhyper(value), read: (reader) => reader.uhyper() };
export const double: Codec<number> = { write: (writer, value) => writer.double(value), read: (reader) => reader.double() };
export const bool: Codec<boolean> = { write: (writer, value) => writer.int(value ? 1 : 0), read: (reader) => reader.int() !== 0 };
export const string: Codec<string> = { write: (writer, value) => writer.string(value), read: (reader) => reader.string() };
export const opaque: Codec<Uint8Array> = { write: (writer, value) => writer.opaque(value), read: (reader) => reader.opaque() };

/** No bytes at all: the result of a procedure that only succeeds. */
export const nothing: Codec<void> = { write: () => undefined, read: () => undefined };

/** An unsigned 64 bit number that is a size or a count: refused, rather than rounded, where a double cannot hold it. */
export const size: Codec<number> = {
  write: (writer, value) => writer.uhyper(BigInt(value)),
  read: (reader) => {
    const value = reader.uhyper();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new LibvirtError('protocol-violation', `The size ${value} is not believable.`);
    return Number(value);
  },
};

/** A value or nothing, with a flag before it. */
export const optional = <T>(item: Codec<T>): Codec<T | undefined> => ({
  write: (writer, value) => {
    writer.int(value === undefined ? 0 : 1);
    if (value !== undefined) item.write(writer, value);
  },
  read: (reader) => (reader.count(1) === 1 ? item.read(reader) : undefined),
});

/** At most `most` values of one kind. */
export const list = <T>(item: Codec<T>, most: number): Codec<readonly T[]> => ({
  write: (writer, values) => {
    if (values.length > most) throw new LibvirtError('invalid-arg', `${values.length} values are more than ${most}.`);
    writer.uint(values.length);
    for (const value of values) item.write(writer, value);
  },
  read: listOf(item, most).read,
});

/** At most `most` values, for decoding only. */
export const listOf = <T>(item: Decoder<T>, most: number): Decoder<readonly T[]> => ({
  // Does not preallocate the announced length: a malicious peer must not make us allocate.
  read: (reader) => {
    const values: T[] = [];
    for (let left = reader.count(most); left > 0; left--) values.push(item.read(reader));
    return values;
  },
});

/** Fields in order of declaration. */
export const struct = <F extends Readonly<Record<string, Encoder<never> & Decoder<unknown>>>>(
  fields: F,
): Codec<{ readonly [K in keyof F]: Received<F[K]> }> => ({
  write: (writer, value) => {
    for (const [name, codec] of Object.entries(fields)) codec.write(writer, value[name] as never);
  },
  read: structOf(fields).read,
});

/** Fields in order of declaration, for decoding only. */
export const structOf = <F extends Readonly<Record<string, Decoder<unknown>>>>(
  fields: F,
): Decoder<{ readonly [K in keyof F]: Received<F[K]> }> => ({
  read: (reader) => {
    const value: Record<string, unknown> = {};
    for (const [name, codec] of Object.entries(fields)) value[name] = codec.read(reader);
    // Built field by field from the table that the type derives from.
    return value as { readonly [K in keyof F]: Received<F[K]> };
  },
});

/** A decoder that converts what another one read. */
export const mapped = <T, U>(codec: Decoder<T>, convert: (value: T) => U): Decoder<U> => ({
  read: (reader) => convert(codec.read(reader)),
});

/** Reads two values and returns the first; libvirt's lists are followed by their length. */
export const first = <T>(wanted: Decoder<T>, ignored: Decoder<unknown>): Decoder<T> => ({
  read: (reader) => {
    const value = wanted.read(reader);
    ignored.read(reader);
    return value;
  },
});

/** A number that stands for a name; `unknown` where the peer is newer than the table. */
export const named = <const N extends readonly string[]>(names: N): Decoder<N[number] | 'unknown'> =>
  mapped(int, (value) => names[value] ?? 'unknown');
