import { type TSchema, Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../../lib/versioning/body-object.ts';
import { nullable, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { snapshotStatuses } from '../../../../objects/volume.ts';
import { actionRoute, done } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';

const path = '/snapshots/{id}/action';
const nothing: TSchema = t.Unsafe({ type: ['object', 'null', 'string'], maxLength: 0 });
const status = bodyField({ type: stringEnum(snapshotStatuses), required: true });

export const snapshotActions = [
  actionRoute({
    key: 'os-reset_status',
    path,
    summary: 'Set the state of a snapshot.',
    body: bodyObject({ status }),
    status: 202,
    handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
      await volumes.snapshots.setStatus(ctx, params.id, body.status);
      return done();
    },
  }),
  actionRoute({
    key: 'os-update_snapshot_status',
    path,
    summary: 'Note how far a snapshot is that a hypervisor takes.',
    body: bodyObject({ status, progress: bodyField({ type: nullable(t.String({ pattern: '^[0-9]{1,3}%$' })) }) }),
    status: 202,
    handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
      await volumes.snapshots.report(ctx, params.id, body.status, body.progress ?? undefined);
      return done();
    },
  }),
  actionRoute({
    key: 'os-force_delete',
    path,
    summary: 'Delete a snapshot in whatever state it is.',
    body: nothing,
    status: 202,
    handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
      await volumes.snapshots.delete(ctx, params.id, { force: true });
      return done();
    },
  }),
];
