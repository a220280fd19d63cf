import { Type as t } from '@sinclair/typebox';
import type { MigrationApi } from '../../../../compute/fleet/migration-api.ts';
import { param } from '../../../../lib/versioning/query-params.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { v } from '../../../../microversions.ts';
import type { Flavor } from '../../../../objects/flavor.ts';
import { asId, type HostName, type ServerId } from '../../../../objects/ids.ts';
import type { Migration } from '../../../../objects/migration.ts';
import { isoTime } from '../iso-time.ts';
import { resourceOf } from '../resource-face.ts';
import { migrationView } from './view.ts';

interface Deps {
  readonly migrations: MigrationApi;
}

const { list, face } = resourceOf({
  path: '/os-migrations',
  id: 'id',
  one: 'migration',
  many: 'migrations',
  rules: 'os_compute_api:os-migrations',
});

const time = { type: t.String({ format: 'date-time' }), read: isoTime, once: true } as const;

const listMigrations = list({
  summary: 'List moves of servers between hosts and to other sizes, newest first.',
  query: {
    host: param(),
    source_compute: param(),
    status: param(),
    migration_type: param(),
    instance_uuid: param(),
    // No move is hidden, but the parameter exists.
    hidden: param(),
    'changes-since': param({ ...time, since: v.migrationPaging }),
    'changes-before': param({ ...time, since: v.changesBefore }),
    user_id: param({ since: v.migrationOwner, once: true }),
    project_id: param({ since: v.migrationOwner, once: true }),
  },
  strict: { since: v.migrationPaging },
  pages: { since: v.migrationPaging },
  view: migrationView,
  markerOf: ({ id }) => id,
  run: async ({ ctx, query, page }, { migrations: api }: Deps) => {
    const { 'changes-since': changedSince, 'changes-before': changedBefore } = query;
    if (changedSince && changedBefore && changedSince > changedBefore)
      throw InvalidInput({ message: 'The value of changes-since must be less than or equal to changes-before.' });
    return await api.list(ctx, {
      ...page,
      host: query.host,
      source: query.source_compute,
      status: query.status,
      type: query.migration_type,
      serverId: query.instance_uuid,
      userId: query.user_id,
      projectId: query.project_id,
      changedSince,
      changedBefore,
    });
  },
});

const flavor: Flavor = {
  id: '1',
  name: 'm1.tiny',
  vcpus: 1,
  ramMb: 512,
  rootGb: 1,
  ephemeralGb: 0,
  swapMb: 0,
  rxtxFactor: 1,
  isPublic: true,
  disabled: false,
  description: null,
  extraSpecs: {},
};

const resized: Migration = {
  number: 4,
  id: '42341d4b-346a-40d0-83c6-5f4f6892b650',
  serverId: asId<ServerId>('9128d044-7b61-403e-b766-7547076ff6c1'),
  type: 'resize',
  status: 'finished',
  source: { host: asId<HostName>('compute10'), node: 'node10' },
  destination: { host: asId<HostName>('compute20'), node: 'node20', hostIp: '5.6.7.8' },
  before: { flavor, number: 5 },
  after: { flavor, number: 6 },
  wasStopped: false,
  transfer: null,
  userId: '78348f0e97ee4d70ad34189692673ea2',
  projectId: '9842f0f712294355afe715ebdbb8c3d8',
  createdAt: new Date('2016-06-23T14:42:02Z'),
  updatedAt: new Date('2016-06-23T14:42:02Z'),
};

/** The records of moves, for administrators and managers of projects. */
export const migrations = face({
  operations: [listMigrations],
  samples: [
    resized,
    { ...resized, status: 'error', destination: null, userId: null, projectId: null },
    { ...resized, type: 'live-migration', status: 'running' },
  ],
});
