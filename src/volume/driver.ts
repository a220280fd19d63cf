/** The interface of a storage backend: volumes, snapshots and connections by their ids. */
import type { Connection } from '../objects/volume-connection.ts';
import type { BackupSource } from '../objects/volume-backup.ts';
import type { VolumeHoldings, VolumeSpec, WantedExport } from '../objects/volume-host.ts';
import type { ImageTarget } from '../objects/server-image.ts';

/** Called with a percentage while data is copied. */
export type ReportCopied = (percent: number, text?: string) => void;

/** Work with data may take long: it tells how far it is, and ends when the signal aborts. */
export interface Copying {
  readonly signal: AbortSignal;
  readonly progress?: ReportCopied;
}

/** Data of one moment, in a file that nobody changes while it is lent. */
export interface LentData {
  readonly file: string;
  /** The parts of it that may differ from zero; all of it if absent. */
  readonly ranges?: readonly { readonly from: number; readonly to: number }[];
}

/** The space of a backend. */
export interface Space {
  readonly totalGb: number;
  readonly freeGb: number;
}

/**
 * A storage backend. Every method may be repeated, and may find that an earlier try was killed at any instant: a thing is there in full or
 * not at all. What is asked to be deleted may be gone.
 */
export interface VolumeDriver {
  /** How it is called in pools and types. */
  readonly name: string;
  /** `storage_protocol` of its pools. */
  readonly protocol: string;
  /** Removes what earlier programs left unfinished. */
  start(): Promise<void>;
  /** Connections stay. */
  close(): Promise<void>;
  space(): Promise<Space>;
  /** Makes a volume; a no-op if it is there. It reads as zeros where its source has no data. */
  create(volume: VolumeSpec, copying: Copying): Promise<void>;
  delete(volumeId: string): Promise<void>;
  /** Makes it at least this large, also while it is connected. */
  extend(volumeId: string, sizeGb: number): Promise<void>;
  /** Replaces its data at once, when all of the new data is there. It must not be connected. */
  rewrite(volume: VolumeSpec, copying: Copying): Promise<void>;
  /** Keeps the volume's data of one moment; a no-op if the snapshot is there. */
  createSnapshot(snapshotId: string, volumeId: string, copying: Copying): Promise<void>;
  deleteSnapshot(snapshotId: string): Promise<void>;
  /** Lends the data of a volume or of a snapshot, as it is at one moment. */
  lend<T>(of: Pick<BackupSource, 'kind' | 'id'>, copying: Copying, use: (data: LentData) => Promise<T>): Promise<T>;
  /** Sends the volume's data of one moment to the image service. */
  upload(volumeId: string, image: ImageTarget, copying: Copying): Promise<void>;
  /**
   * Offers the volume's data to a host; repeated, it answers the same. If it renews, a volume that has grown since is offered anew in its
   * present size, beside the older offer, which a guest may be using until this is settled.
   */
  connect(wanted: WantedExport, options?: { readonly renews?: boolean }): Promise<Connection>;
  /** Ends the older offers to an attachment. */
  settle(attachmentId: string, volumeId: string): Promise<void>;
  disconnect(attachmentId: string, volumeId: string): Promise<void>;
  /** The connections that are offered. */
  exports(): Promise<readonly Pick<WantedExport, 'attachmentId' | 'volumeId'>[]>;
  list(): Promise<VolumeHoldings>;
}

/** Reads backups, wherever they are kept. */
export interface BackupReader {
  /** Writes the data into a file that reads as zeros, and checks it. */
  restore(dataId: string, to: string, copying: Copying): Promise<void>;
}

/** Receives an image's data from the image service, and checks it. */
export interface ImageTransfers {
  fetch(source: Extract<VolumeSpec['source'], { kind: 'image' }>['image'], to: string, copying: Copying): Promise<void>;
  send(target: ImageTarget, file: string, copying: Copying): Promise<void>;
}
