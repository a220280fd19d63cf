import { type Kysely, sql } from 'kysely';

/** Who may use what others own, and the pools and scopes that subnets take their addresses from. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE TABLE rbac_policies (
      id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      object_type text NOT NULL,
      object_id uuid NOT NULL,
      action text NOT NULL CHECK (action IN ('access_as_shared', 'access_as_external')),
      target_project text NOT NULL,
      CONSTRAINT one_policy_of_a_target UNIQUE (object_id, action, target_project)
    )`.execute(db);
  await sql`CREATE INDEX rbac_policies_by_target ON rbac_policies (target_project)`.execute(db);
  await sql`CREATE INDEX rbac_policies_by_project ON rbac_policies (project_id)`.execute(db);
  const kept = sql`
      id uuid PRIMARY KEY,
      number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
      project_id text NOT NULL,
      name text NOT NULL DEFAULT '',
      ip_version integer NOT NULL CHECK (ip_version IN (4, 6))`;
  await sql`CREATE TABLE address_scopes (${kept})`.execute(db);
  await sql`
    CREATE TABLE subnet_pools (
      ${kept},
      description text NOT NULL DEFAULT '',
      prefixes jsonb NOT NULL,
      default_prefixlen integer NOT NULL,
      min_prefixlen integer NOT NULL,
      max_prefixlen integer NOT NULL,
      default_quota integer,
      is_default boolean NOT NULL DEFAULT false,
      address_scope_id uuid REFERENCES address_scopes (id),
      tags text[] NOT NULL DEFAULT '{}',
      revision_number integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now()
    )`.execute(db);
  await sql`CREATE UNIQUE INDEX one_default_subnet_pool ON subnet_pools (ip_version) WHERE is_default`.execute(db);
  await sql`
    CREATE TRIGGER raise_revision BEFORE UPDATE ON subnet_pools
    FOR EACH ROW EXECUTE FUNCTION raise_revision()`.execute(db);
  for (const table of ['address_scopes', 'subnet_pools'])
    await sql`CREATE INDEX ${sql.ref(`${table}_by_project`)} ON ${sql.table(table)} (project_id)`.execute(db);
  await sql`ALTER TABLE subnets ADD COLUMN subnet_pool_id uuid REFERENCES subnet_pools (id)`.execute(db);
  await sql`CREATE INDEX subnets_by_pool ON subnets (subnet_pool_id) WHERE subnet_pool_id IS NOT NULL`.execute(db);
  await forgetSharingOfDeleted(db);
  await followNetworks(db);
}

/** What is gone is shared with nobody. */
async function forgetSharingOfDeleted(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION forget_sharing() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM rbac_policies WHERE object_id = OLD.id;
      RETURN NULL;
    END $$`.execute(db);
  for (const table of ['networks', 'security_groups', 'address_scopes', 'subnet_pools'])
    await sql`
      CREATE TRIGGER forget_sharing AFTER DELETE ON ${sql.table(table)}
      FOR EACH ROW EXECUTE FUNCTION forget_sharing()`.execute(db);
}

/** A network that is shared, or external, is so for all, unless it is said for whom: no statement can forget the policy that says so. */
async function followNetworks(db: Kysely<unknown>): Promise<void> {
  await sql`
    CREATE FUNCTION follow_network() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.shared THEN
        INSERT INTO rbac_policies (project_id, object_type, object_id, action, target_project)
        VALUES (NEW.project_id, 'network', NEW.id, 'access_as_shared', '*') ON CONFLICT DO NOTHING;
      ELSE
        DELETE FROM rbac_policies WHERE object_id = NEW.id AND action = 'access_as_shared' AND target_project = '*';
      END IF;
      IF NOT NEW.external THEN
        DELETE FROM rbac_policies WHERE object_id = NEW.id AND action = 'access_as_external';
      ELSIF NOT EXISTS (SELECT FROM rbac_policies WHERE object_id = NEW.id AND action = 'access_as_external') THEN
        INSERT INTO rbac_policies (project_id, object_type, object_id, action, target_project)
        VALUES (NEW.project_id, 'network', NEW.id, 'access_as_external', '*') ON CONFLICT DO NOTHING;
      END IF;
      RETURN NULL;
    END $$`.execute(db);
  await sql`
    CREATE TRIGGER follow_network AFTER INSERT OR UPDATE OF shared, external ON networks
    FOR EACH ROW EXECUTE FUNCTION follow_network()`.execute(db);
  await sql`UPDATE networks SET shared = shared`.execute(db);
}
