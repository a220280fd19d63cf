import { Type as t } from '@sinclair/typebox';
import { queryParams } from '../../../../lib/versioning/query-params.ts';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Migration } from '../../../../objects/migration.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { list } from '../../../pipeline/list.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import { microseconds } from '../wire.ts';
import type { ServerFaceDeps } from './deps.ts';

type Deps = ServerFaceDeps;

const text = nullable(t.String());
const bytes = nullable(t.Integer());
/** The rule of those whom hosts are named to. */
const HOSTS = 'os_compute_api:servers:migrations:index:host';
const hostField = (read: (migration: Migration) => string | null) =>
  field(text, (migration: Migration, view) => (view.may(HOSTS) ? read(migration) : null), { partPolicy: HOSTS });

/** A live migration in progress. */
export const serverMigrationView = resource<Migration>()('migration', {
  id: field(t.Integer(), ({ number }) => number),
  uuid: field(t.String({ format: 'uuid' }), ({ id }) => id, { since: v.migrationPaging }),
  server_uuid: field(t.String({ format: 'uuid' }), ({ serverId }) => serverId),
  status: field(t.String(), ({ status }) => status),
  source_compute: hostField(({ source }) => source.host),
  source_node: hostField(({ source }) => source.node),
  dest_compute: hostField(({ destination }) => destination?.host ?? null),
  dest_node: hostField(({ destination }) => destination?.node ?? null),
  dest_host: hostField(({ destination }) => destination?.hostIp ?? null),
  memory_total_bytes: field(bytes, ({ transfer }) => transfer?.memory.total ?? null),
  memory_processed_bytes: field(bytes, ({ transfer }) => transfer?.memory.processed ?? null),
  memory_remaining_bytes: field(bytes, ({ transfer }) => transfer?.memory.remaining ?? null),
  disk_total_bytes: field(bytes, ({ transfer }) => transfer?.disk.total ?? null),
  disk_processed_bytes: field(bytes, ({ transfer }) => transfer?.disk.processed ?? null),
  disk_remaining_bytes: field(bytes, ({ transfer }) => transfer?.disk.remaining ?? null),
  created_at: field(t.String(), ({ createdAt }) => microseconds(createdAt)),
  updated_at: field(t.String(), ({ updatedAt }) => microseconds(updatedAt)),
  user_id: field(text, ({ userId }) => userId, { since: v.migrationOwner }),
  project_id: field(text, ({ projectId }) => projectId, { since: v.migrationOwner }),
});

const noQuery = queryParams({}, { strict: { since: v.flavorNameFilter } });

/** Live migrations of a server that are in progress. */
export const migrationRoutes = [
  route({
    method: 'GET',
    path: '/servers/{id}/migrations',
    summary: 'List the live migrations of a server that are in progress.',
    since: v.serverMigrations,
    query: noQuery,
    status: 200,
    answers: list('migrations', serverMigrationView),
    handle: async ({ ctx, params }, { liveMigrations }: Deps) => ok({ items: await liveMigrations.list(ctx, params.id) }),
  }),
  route({
    method: 'GET',
    path: '/servers/{id}/migrations/{migration}',
    summary: 'Show a live migration of a server that is in progress.',
    since: v.serverMigrations,
    query: noQuery,
    status: 200,
    answers: envelope('migration', serverMigrationView),
    handle: async ({ ctx, params }, { liveMigrations }: Deps) => ok(await liveMigrations.show(ctx, params.id, params.migration)),
  }),
  route({
    method: 'DELETE',
    path: '/servers/{id}/migrations/{migration}',
    summary: 'Abort a live migration; the server stays on its host.',
    since: v.abortMigration,
    status: 202,
    handle: async (req, { liveMigrations }: Deps) => {
      const { id, migration } = req.params;
      await liveMigrations.abort(req.ctx, id, migration, { evenWaiting: req.at(v.abortQueuedMigration) });
      return done();
    },
  }),
  actionRoute({
    key: 'force_complete',
    path: '/servers/{id}/migrations/{migration}/action',
    summary: 'Let a live migration end at once, at the cost of a pause of the server.',
    since: v.forceCompleteMigration,
    body: t.Null(),
    status: 202,
    handle: async ({ ctx, params }, { liveMigrations }: Deps) => {
      await liveMigrations.forceComplete(ctx, params.id, params.migration);
      return done();
    },
  }),
];
