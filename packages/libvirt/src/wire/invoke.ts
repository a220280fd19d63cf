import type { Arguments, Procedure } from '../protocol/procedure.ts';
import type { Encoder } from '../xdr/codec.ts';
import { XdrWriter } from '../xdr/xdr-writer.ts';
import type { Connection } from './connection.ts';
import type { RemoteStream } from './remote-stream.ts';

/** The name of a call in errors, and its timeout. */
export interface Manner {
  readonly name: string;
  readonly timeoutMs: number;
}

/** Calls a procedure. `seen` gets the result before any packet after the reply is handled. */
export const invoke = async <A extends readonly Encoder<never>[], R>(
  connection: Connection,
  procedure: Procedure<A, R, 'call'>,
  args: Arguments<A>,
  manner: Manner,
  seen: (result: R) => void = () => undefined,
): Promise<R> =>
  connection.call(target(procedure, args), {
    ...manner,
    decode: (reader) => {
      const result = procedure.result.read(reader);
      seen(result);
      return result;
    },
  });

/** Opens a stream by its procedure. */
export const invokeStream = async <A extends readonly Encoder<never>[], R>(
  connection: Connection,
  procedure: Procedure<A, R, 'stream'>,
  args: Arguments<A>,
  manner: Manner,
): Promise<RemoteStream<R>> => connection.openStream(target(procedure, args), manner, procedure.result);

const target = ({ program, number, args: encoders }: Procedure, values: readonly unknown[]) => {
  const writer = new XdrWriter();
  // Arguments<A> makes sure that each value has its encoder's type.
  encoders.forEach((encoder, index) => encoder.write(writer, values[index] as never));
  return { program, procedure: number, payload: writer.finish() };
};
