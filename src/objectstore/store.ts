/** The driver interface of what keeps the data of objects, in files that are written once. It knows names and bytes, nothing else. */
import type { Readable } from 'node:stream';
import type { ByteSpan } from '../objects/stored-object.ts';

export interface DataStore {
  /** Writes all chunks durably. What a failure leaves is removed by name. Rethrows errors of `chunks` unchanged. */
  write(id: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** The data, or a span of it; rejects at once where there is none. Who does not read it to its end destroys it. */
  read(id: string, span?: ByteSpan): Promise<Readable>;
  /** Removes the data, or what a failed write left; a no-op if there is none. Reads in progress can finish. */
  remove(id: string): Promise<void>;
  /** Whether there is data, whole or not. */
  has(id: string): Promise<boolean>;
  /** All that there is, by what the names begin with, each beginning once. */
  names(): AsyncIterable<NamesOf>;
}

/** The names that begin with a few hexadecimal digits. */
export interface NamesOf {
  readonly digits: string;
  readonly names: readonly string[];
}
