import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { type ApiRequest, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, listingOf, wantsCount } from '../list-query.ts';
import { v } from '../microversions.ts';
import { metadata, namingFields, namingIn, truth } from '../wire.ts';
import { backupList } from './list-rules.ts';
import { backupSummary, backupView } from './view.ts';

const dialect = linkedAs('backups_links');

const listBackups = async (req: ApiRequest, { volumes }: VolumeFaceDeps) => {
  const listing = listingOf(req, backupList);
  return ok(answeredPage(dialect, req, listing, await volumes.backups.list(req.ctx, listing, { withCount: wantsCount(req) })));
};

const list = route({
  method: 'GET',
  path: '/backups',
  summary: 'List backups.',
  status: 200,
  answers: pageAnswer(dialect, 'backups', backupSummary),
  handle: listBackups,
});

const listInDetail = route({
  method: 'GET',
  path: '/backups/detail',
  summary: 'List backups with all of their fields.',
  status: 200,
  answers: pageAnswer(dialect, 'backups', backupView),
  handle: listBackups,
});

const maybeText = nullable(t.String({ maxLength: 255 }));

const createBody = requestBody(
  'backup',
  {
    // No volume has an id that is not a text.
    volume_id: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
    ...namingFields,
    container: bodyField({ type: maybeText }),
    snapshot_id: bodyField({ type: maybeText }),
    incremental: bodyField({ type: truth }),
    force: bodyField({ type: truth }),
    metadata: bodyField({ type: nullable(metadata), since: v.backupMetadata }),
    availability_zone: bodyField({ type: maybeText, since: v.backupZone }),
  },
  { tolerant: true },
);

const create = route({
  method: 'POST',
  path: '/backups',
  summary: 'Back up a volume or a snapshot.',
  body: createBody,
  status: 202,
  answers: envelope('backup', backupSummary),
  handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) =>
    ok(
      await volumes.backingUp.create(ctx, {
        volumeId: body.volume_id,
        snapshotId: body.snapshot_id ?? null,
        name: null,
        description: null,
        ...namingIn(body),
        container: body.container ?? null,
        zone: body.availability_zone ?? null,
        metadata: body.metadata ?? {},
        isIncremental: body.incremental ?? false,
        force: body.force ?? false,
      }),
    ),
});

const show = route({
  method: 'GET',
  path: '/backups/{id}',
  summary: 'Show a backup.',
  status: 200,
  answers: envelope('backup', backupView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.backups.show(ctx, params.id)),
});

const updateBody = requestBody(
  'backup',
  { ...namingFields, metadata: bodyField({ type: nullable(metadata), since: v.backupMetadata }) },
  { tolerant: { until: v.strictBodies } },
);

const update = route({
  method: 'PUT',
  path: '/backups/{id}',
  summary: 'Change the name, the description or the metadata of a backup.',
  since: v.backupUpdate,
  body: updateBody,
  status: 200,
  answers: envelope('backup', backupSummary),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) =>
    ok(await volumes.backups.update(ctx, params.id, { ...namingIn(body), ...(body.metadata ? { metadata: body.metadata } : {}) })),
});

const remove = route({
  method: 'DELETE',
  path: '/backups/{id}',
  summary: 'Delete a backup.',
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.backups.delete(ctx, params.id);
    return done();
  },
});

export const backupsRoutes = [list, listInDetail, create, show, update, remove];
