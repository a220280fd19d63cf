import { type TSchema, Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { envelope, exactly } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { backupSummary } from './view.ts';

const maybeText = nullable(t.String({ maxLength: 255 }));
const nothing: TSchema = t.Unsafe({ type: ['object', 'null', 'string'], maxLength: 0 });

const restored = exactly(
  strictObject({ restore: strictObject({ backup_id: t.String(), volume_id: t.String(), volume_name: nullable(t.String()) }) }),
);

const restore = route({
  method: 'POST',
  path: '/backups/{id}/restore',
  summary: 'Give a volume the data of a backup; without one, make it.',
  body: requestBody('restore', { volume_id: bodyField({ type: maybeText }), name: bodyField({ type: maybeText }) }, { tolerant: true }),
  status: 202,
  answers: restored,
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const volume = await volumes.restoring.restore(ctx, params.id, { volumeId: body.volume_id ?? null, name: body.name ?? null });
    return ok({ restore: { backup_id: params.id, volume_id: volume.id, volume_name: volume.name } });
  },
});

const exported = exactly(strictObject({ 'backup-record': strictObject({ backup_service: t.String(), backup_url: t.String() }) }));

const exportRecord = route({
  method: 'GET',
  path: '/backups/{id}/export_record',
  summary: 'Show what an import of a backup needs.',
  status: 200,
  answers: exported,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    const { service, url } = await volumes.backupRecords.export(ctx, params.id);
    return ok({ 'backup-record': { backup_service: service, backup_url: url } });
  },
});

const importRecord = route({
  method: 'POST',
  path: '/backups/import_record',
  summary: 'Make a record of a backup that is in a store.',
  body: requestBody(
    'backup-record',
    {
      backup_service: bodyField({ type: t.String({ minLength: 1, maxLength: 255 }), required: true }),
      backup_url: bodyField({ type: t.String({ minLength: 1, maxLength: 65_536 }), required: true }),
    },
    { tolerant: true },
  ),
  status: 201,
  answers: envelope('backup', backupSummary),
  handle: async ({ ctx, body }, { volumes }: VolumeFaceDeps) =>
    ok(await volumes.backupRecords.import(ctx, { service: body.backup_service, url: body.backup_url })),
});

const path = '/backups/{id}/action';

/** What is done with backups. */
export const backupUses = [
  importRecord,
  restore,
  exportRecord,
  actionRoute({
    key: 'os-reset_status',
    path,
    summary: 'Set the state of a backup.',
    body: bodyObject({ status: bodyField({ type: stringEnum(['available', 'error']), required: true }) }),
    status: 202,
    handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
      await volumes.backups.setStatus(ctx, params.id, body.status);
      return done();
    },
  }),
  actionRoute({
    key: 'os-force_delete',
    path,
    summary: 'Delete a backup in whatever state it is.',
    body: nothing,
    status: 202,
    handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
      await volumes.backups.delete(ctx, params.id, { force: true });
      return done();
    },
  }),
];
