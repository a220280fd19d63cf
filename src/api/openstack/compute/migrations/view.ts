import { Type as t } from '@sinclair/typebox';
import { field, omit, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Migration } from '../../../../objects/migration.ts';
import { links, linksTo, microseconds } from '../wire.ts';

const HOSTS = 'os_compute_api:os-migrations:index:host';
const text = nullable(t.String());

/** Statuses of live migrations that are in progress, and so a resource of their server. */
const inProgress: readonly string[] = ['queued', 'preparing', 'running', 'post-migrating'];
const isLive = ({ type, status }: Migration): boolean => type === 'live-migration' && inProgress.includes(status);

/** What concerns hosts is null for those who may not see it. */
const ofHosts = (read: (migration: Migration) => string | null) =>
  field(text, (migration: Migration, { may }) => (may(HOSTS) ? read(migration) : null), { partPolicy: HOSTS });

/** A move, as the list of all moves tells it (reference: rest bodies, "os-migrations"). */
export const migrationView = resource<Migration>()('migration', {
  id: field(t.Integer(), ({ number }) => number),
  uuid: field(t.String({ format: 'uuid' }), ({ id }) => id, { since: v.migrationPaging }),
  instance_uuid: field(t.String({ format: 'uuid' }), ({ serverId }) => serverId),
  migration_type: field(t.String(), ({ type }) => type, { since: v.serverMigrations }),
  status: field(t.String(), ({ status }) => status),
  source_compute: ofHosts(({ source }) => source.host),
  source_node: ofHosts(({ source }) => source.node),
  dest_compute: ofHosts(({ destination }) => destination?.host ?? null),
  dest_host: ofHosts(({ destination }) => destination?.hostIp ?? null),
  dest_node: ofHosts(({ destination }) => destination?.node ?? null),
  old_instance_type_id: field(nullable(t.Integer()), ({ before }) => before.number),
  new_instance_type_id: field(nullable(t.Integer()), ({ after }) => after.number),
  user_id: field(text, ({ userId }) => userId, { since: v.migrationOwner }),
  project_id: field(text, ({ projectId }) => projectId, { since: v.migrationOwner }),
  links: field(
    t.Optional(links),
    (migration, view) => (isLive(migration) ? linksTo(`servers/${migration.serverId}/migrations/${migration.number}`, view) : omit),
    { since: v.serverMigrations },
  ),
  created_at: field(t.String(), ({ createdAt }) => microseconds(createdAt)),
  updated_at: field(text, ({ updatedAt }) => microseconds(updatedAt)),
});
