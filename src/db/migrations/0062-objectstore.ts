import { type Kysely, sql } from 'kysely';

/**
 * Buckets, and the objects in them. The data of an object is in files, each named by a row of `object_data`, which is written before the file
 * and deleted after it. Names are compared by their bytes, which is the order of S3's lists.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE buckets (
      name text COLLATE "C" PRIMARY KEY,
      project_id text NOT NULL,
      region text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX buckets_by_project ON buckets (project_id)`.execute(db);
  await sql`
    CREATE TABLE bucket_objects (
      bucket text COLLATE "C" NOT NULL REFERENCES buckets (name),
      key text COLLATE "C" NOT NULL,
      version uuid NOT NULL UNIQUE,
      size_bytes bigint NOT NULL,
      etag text NOT NULL,
      headers jsonb NOT NULL,
      checksums jsonb NOT NULL,
      modified_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (bucket, key)
    )`.execute(db);
  await sql`
    CREATE TABLE bucket_uploads (
      id uuid PRIMARY KEY,
      bucket text COLLATE "C" NOT NULL REFERENCES buckets (name),
      key text COLLATE "C" NOT NULL,
      headers jsonb NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE INDEX bucket_uploads_by_key ON bucket_uploads (bucket, key, id)`.execute(db);
  await sql`
    CREATE TABLE object_data (
      id uuid PRIMARY KEY,
      project_id text NOT NULL,
      size_bytes bigint NOT NULL DEFAULT 0,
      md5 text,
      checksums jsonb NOT NULL DEFAULT '{}',
      writer text,
      version uuid REFERENCES bucket_objects (version),
      upload_id uuid REFERENCES bucket_uploads (id),
      part_number integer NOT NULL DEFAULT 1,
      written_at timestamptz NOT NULL DEFAULT now(),
      removable_at timestamptz,
      CONSTRAINT one_holder CHECK (num_nonnulls(writer, version, upload_id, removable_at) = 1),
      CONSTRAINT known_when_written CHECK (writer IS NOT NULL OR removable_at IS NOT NULL OR md5 IS NOT NULL)
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX object_data_by_version ON object_data (version, part_number) WHERE version IS NOT NULL`.execute(db);
  await sql`CREATE UNIQUE INDEX object_data_by_upload ON object_data (upload_id, part_number) WHERE upload_id IS NOT NULL`.execute(db);
  await sql`CREATE INDEX object_data_by_project ON object_data (project_id) INCLUDE (size_bytes) WHERE removable_at IS NULL`.execute(db);
  await sql`CREATE INDEX object_data_unheld ON object_data (removable_at) WHERE version IS NULL AND upload_id IS NULL`.execute(db);
}
