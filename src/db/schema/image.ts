import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/** Images of the builtin image service; their data is in its store. */
export interface ImagesTable {
  id: string;
  number: Generated<number>;
  name: string | null;
  /** The project that owns it. */
  owner: string;
  visibility: 'public' | 'private' | 'shared' | 'community';
  status: 'queued' | 'saving' | 'active' | 'deactivated' | 'deleted';
  /** The process that is uploading: see stores/image-uploads.ts. */
  uploader: ColumnType<string | null, string | null | undefined, string | null>;
  /** Identifies the current upload: an upload that was reset or replaced finds another id here, or none. */
  upload: ColumnType<string | null, string | null | undefined, string | null>;
  protected: boolean;
  hidden: boolean;
  disk_format: string | null;
  container_format: string | null;
  min_disk_gb: number;
  min_ram_mb: number;
  tags: JSONColumnType<string[], string, string>;
  properties: JSONColumnType<Record<string, string>, string, string>;
  size_bytes: ColumnType<number | null, number | null | undefined, number | null>;
  virtual_size_bytes: ColumnType<number | null, number | null | undefined, number | null>;
  md5: ColumnType<string | null, string | null | undefined, string | null>;
  sha512: ColumnType<string | null, string | null | undefined, string | null>;
  created_at: ColumnType<Date, Date | undefined, never>;
  updated_at: ColumnType<Date, Date | undefined, Date>;
  deleted_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

/** Projects that an image is shared with. */
export interface ImageMembersTable {
  image_id: string;
  /** The project. */
  member: string;
  /** Whether the project has accepted the image. */
  status: 'pending' | 'accepted' | 'rejected';
  created_at: ColumnType<Date, Date | undefined, never>;
  updated_at: ColumnType<Date, Date | undefined, Date>;
}

export interface ImageTables {
  images: ImagesTable;
  image_members: ImageMembersTable;
}
