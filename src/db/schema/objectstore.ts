import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { ObjectHeaders, Checksums } from '../../objects/stored-object.ts';

type Time = ColumnType<Date, Date | undefined, Date>;

export interface BucketsTable {
  name: string;
  project_id: string;
  region: string;
  created_at: Time;
}

export interface BucketObjectsTable {
  bucket: string;
  key: string;
  /** Changes with every write; of an object made of parts it is the id of their upload. */
  version: string;
  size_bytes: number;
  etag: string;
  headers: JSONColumnType<ObjectHeaders>;
  checksums: JSONColumnType<Checksums>;
  modified_at: Time;
}

/** Uploads in parts that are neither complete nor aborted. */
export interface BucketUploadsTable {
  id: string;
  bucket: string;
  key: string;
  headers: JSONColumnType<ObjectHeaders>;
  started_at: Time;
}

/** A file with the data of an object or of a part. */
export interface ObjectDataTable {
  /** The name of the file. */
  id: string;
  project_id: string;
  size_bytes: Generated<number>;
  /** Hex; null while the file is being written. */
  md5: string | null;
  checksums: JSONColumnType<Checksums, string | undefined, string>;
  /** The process that is writing the file. */
  writer: string | null;
  /** The version of the object that it belongs to. */
  version: string | null;
  /** The upload that it is a part of. */
  upload_id: string | null;
  /** The parts of an object in their order. */
  part_number: Generated<number>;
  written_at: Time;
  /** When nothing needs the file: from when on it may be removed. */
  removable_at: Date | null;
}

export interface ObjectStoreTables {
  buckets: BucketsTable;
  bucket_objects: BucketObjectsTable;
  bucket_uploads: BucketUploadsTable;
  object_data: ObjectDataTable;
}
