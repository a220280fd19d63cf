/** The interface of a place for backups: pieces of data by their names, as files, or as the objects of an object store. */
export interface BackupStore {
  /** The same for every host that uses this place. */
  readonly id: string;
  /** Keeps a piece, in place of an older one, for good once this returns. */
  put(backup: string, piece: string, data: Uint8Array): Promise<void>;
  get(backup: string, piece: string): Promise<Uint8Array | undefined>;
  /** Removes every piece of a backup; a no-op if there is none. */
  remove(backup: string): Promise<void>;
}
