/** Where the data of images lies: the driver interface. It knows ids and bytes, nothing of owners or states. */

export interface ImageStore {
  /** Keeps all chunks under the id, whole or not at all; replaces nothing. What the chunks throw comes out unchanged. */
  save(id: string, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  /** The data; rejects where there is none. */
  read(id: string): Promise<AsyncIterable<Uint8Array>>;
  /** Data that is not there is removed already. */
  remove(id: string): Promise<void>;
  /** The ids that have data. */
  ids(): Promise<readonly string[]>;
  /** Removes what interrupted saves left. Only while nobody saves. */
  sweep(): Promise<void>;
}
