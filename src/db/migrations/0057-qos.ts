import { type Kysely, sql } from 'kysely';

/** Limits of what ports send and receive, and marks on it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE qos_policies (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      name text NOT NULL,
      description text NOT NULL DEFAULT '',
      is_default boolean NOT NULL DEFAULT false,
      tags text[] NOT NULL DEFAULT '{}',
      revision_number integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX one_default_qos_policy ON qos_policies (project_id) WHERE is_default`.execute(db);
  await sql`
    CREATE TABLE qos_rules (
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      policy_id uuid NOT NULL REFERENCES qos_policies (id) ON DELETE CASCADE,
      kind text NOT NULL CHECK (kind IN ('bandwidth_limit', 'dscp_marking')),
      direction text NOT NULL CHECK (direction IN ('ingress', 'egress')),
      max_kbps integer,
      max_burst_kbps integer,
      dscp_mark integer,
      CONSTRAINT one_rule_of_a_kind UNIQUE (policy_id, kind, direction),
      CONSTRAINT a_limit_or_a_mark CHECK ((kind = 'dscp_marking') = (dscp_mark IS NOT NULL) AND (kind = 'bandwidth_limit') = (max_kbps IS NOT NULL))
    )`.execute(db);
  for (const table of ['networks', 'ports']) {
    await sql`ALTER TABLE ${sql.table(table)} ADD COLUMN qos_policy_id uuid REFERENCES qos_policies (id)`.execute(db);
    const index = sql.ref(`${table}_by_qos_policy`);
    await sql`CREATE INDEX ${index} ON ${sql.table(table)} (qos_policy_id) WHERE qos_policy_id IS NOT NULL`.execute(db);
  }
  await sql`CREATE TRIGGER raise_revision BEFORE UPDATE ON qos_policies FOR EACH ROW EXECUTE FUNCTION raise_revision()`.execute(db);
  await sql`CREATE TRIGGER forget_sharing AFTER DELETE ON qos_policies FOR EACH ROW EXECUTE FUNCTION forget_sharing()`.execute(db);
}
