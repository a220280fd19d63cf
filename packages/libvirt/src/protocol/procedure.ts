import type { RemoteStream } from '../wire/remote-stream.ts';
import type { Decoder, Encoder, Sent } from '../xdr/codec.ts';

/** The programs of libvirt's daemon that this client speaks. */
export const programs = { remote: 0x20008086, qemu: 0x20008087, keepalive: 0x6b656570 } as const;

/** One remote procedure: where it is, what goes in, what comes out. */
export interface Procedure<A extends readonly Encoder<never>[] = readonly Encoder<never>[], R = unknown, K extends Kind = Kind> {
  readonly kind: K;
  readonly number: number;
  readonly args: A;
  readonly result: Decoder<R>;
  readonly program: number;
  /** Whether the longer of the two default time limits applies. */
  readonly slow: boolean;
}

/** A call has a reply; a stream has a reply and then data in both directions. */
export type Kind = 'call' | 'stream';

interface Traits {
  readonly program?: keyof typeof programs;
  readonly slow?: boolean;
}

const declare =
  <K extends Kind>(kind: K) =>
  <const A extends readonly Encoder<never>[], R>(number: number, args: A, result: Decoder<R>, traits: Traits = {}): Procedure<A, R, K> => ({
    kind,
    number,
    args,
    result,
    program: programs[traits.program ?? 'remote'],
    slow: traits.slow ?? false,
  });

/** Declares a procedure that answers. */
export const call = declare('call');

/** Declares a procedure that opens a stream. */
export const stream = declare('stream');

/** The arguments of a procedure as those of a function; what may be undefined may be left out at the end. */
export type Arguments<A extends readonly Encoder<never>[]> = A extends readonly [
  infer First,
  ...infer Rest extends readonly Encoder<never>[],
]
  ? undefined extends Sent<First>
    ? [value?: Sent<First>, ...rest: Arguments<Rest>]
    : [value: Sent<First>, ...rest: Arguments<Rest>]
  : [];

/** The methods that follow from a table of procedures. */
export type Methods<T extends Readonly<Record<string, Procedure>>> = {
  readonly [K in keyof T]: T[K] extends Procedure<infer A, infer R, infer Of>
    ? (...args: Arguments<A>) => Promise<Of extends 'stream' ? RemoteStream<R> : R>
    : never;
};
