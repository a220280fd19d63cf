/** Where the data of images lies: the driver interface. It knows ids, uploads and bytes, nothing of owners or states. */

/** One upload of an image's data. */
export interface Upload {
  readonly id: string;
  /** Names the upload among all there ever were. */
  readonly upload: string;
}

/** Bytes of the data, both ends included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

export interface ImageStore {
  /** Keeps all chunks aside, safe against a crash, or none. What the chunks throw comes out unchanged. */
  receive(upload: Upload, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** Makes what was received the data of its image, whole and at once; it replaces what an upload that never ended has left there. */
  accept(upload: Upload): Promise<void>;
  /** Forgets what was received. */
  discard(upload: Upload): Promise<void>;
  /** What lies aside. */
  received(): Promise<readonly Upload[]>;
  /** The data, or a range of it; rejects where there is none. */
  read(id: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /** Data that is not there is removed already; who is reading reads to the end. */
  remove(id: string): Promise<void>;
  /** The ids that have data. */
  ids(): Promise<readonly string[]>;
}
