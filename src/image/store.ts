/** The driver interface of image stores, which keep the data. A store knows ids, uploads and bytes, not owners or states. */

/** One upload of an image's data. */
export interface Upload {
  readonly id: string;
  /** Unique among all uploads ever. */
  readonly upload: string;
}

/** Bytes of the data, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface ImageStore {
  /** Writes all chunks durably to the incoming area, or none. Rethrows errors of `chunks` unchanged. */
  receive(upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes what was received the data of its image, atomically; replaces what an unfinished upload left there. */
  accept(upload: Upload): Promise<void>;
  /** Deletes what was received. */
  discard(upload: Upload): Promise<void>;
  /** The uploads in the incoming area. */
  received(): Promise<readonly Upload[]>;
  /** The data, or a range of it; rejects where there is none. */
  read(id: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Removes the data; a no-op if there is none. Reads in progress can finish. */
  remove(id: string): Promise<void>;
  /** The ids that have data. */
  ids(): Promise<readonly string[]>;
}
