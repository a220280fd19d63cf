/** The records of the object store: buckets, the objects in them, and uploads in parts. */

/** A name in the whole cloud, under which a project keeps objects. */
export interface Bucket {
  readonly name: string;
  readonly projectId: string;
  /** Where its maker said it should be; the cloud has one place. */
  readonly region: string;
  readonly createdAt: Date;
}

/** What a client wants to have said with an object, by the headers' names in lower case: its type, how to cache it, `x-amz-meta-*`. */
export type ObjectHeaders = Readonly<Record<string, string>>;

/** How data can be checked, each in base64. */
export type Checksums = Readonly<Partial<Record<ChecksumName, string>>>;

export const checksumNames = ['crc32', 'crc32c', 'sha1', 'sha256'] as const;
export type ChecksumName = (typeof checksumNames)[number];

/** An object without its data. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Changes with every write. */
  readonly version: string;
  readonly sizeBytes: number;
  /** Without quotes. */
  readonly etag: string;
  readonly headers: ObjectHeaders;
  readonly checksums: Checksums;
  readonly modifiedAt: Date;
}

/** An object, or what the names of several begin with. */
export type ListEntry = { readonly object: StoredObject } | { readonly prefix: string };

/** An upload of an object in parts that goes on. */
export interface PartUpload {
  readonly id: string;
  readonly bucket: string;
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly startedAt: Date;
}

/** A part that has arrived. */
export interface UploadedPart {
  readonly number: number;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  readonly writtenAt: Date;
}

/** Bytes of an object, both ends included. */
export interface ByteSpan {
  readonly first: number;
  readonly last: number;
}
