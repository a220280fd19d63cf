import { type Kysely, sql } from 'kysely';

/** The services, pools, quotas and messages of volumes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE volume_pools (
      name text PRIMARY KEY,
      host text NOT NULL,
      report jsonb NOT NULL,
      reported_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`
    CREATE TABLE volume_services (
      "binary" text NOT NULL,
      host text NOT NULL,
      disabled boolean NOT NULL DEFAULT false,
      disabled_reason text,
      seen_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY ("binary", host)
    )`.execute(db);
  // A quota class is written with the prefix "class:", which no project id has.
  await sql`
    CREATE TABLE volume_quotas (
      owner text NOT NULL,
      resource text NOT NULL,
      hard_limit integer NOT NULL CHECK (hard_limit >= -1),
      PRIMARY KEY (owner, resource)
    )`.execute(db);
  await sql`
    CREATE TABLE volume_messages (
      id text PRIMARY KEY,
      project_id text NOT NULL,
      request_id text NOT NULL,
      resource_type text NOT NULL,
      resource_id text NOT NULL,
      event_id text NOT NULL,
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz NOT NULL
    )`.execute(db);
  await sql`CREATE INDEX volume_messages_by_project ON volume_messages (project_id, created_at, id)`.execute(db);
}
