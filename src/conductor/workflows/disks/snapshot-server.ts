import type { StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { quiesceOf } from '../../../objects/guest-agent.ts';
import type { TaskState } from '../../../objects/states.ts';
import { type SnapshotServer, snapshotServerRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { discardSnapshots, SNAPSHOTS_TIMEOUT_MS, takeSnapshots } from '../steps/volume-snapshots.ts';
import { copyDisk } from '../steps/server-image.ts';
import { advance, faultOf, isHeld, settle, settleBack } from '../steps/server-record.ts';

/**
 * Copies a server's disk into an image; where that is a volume, the image lists snapshots of its volumes instead. The image ends whole, or it
 * is deleted; the server stays as it is. A backup then deletes the oldest of its kind.
 */
export const snapshotServer = (deps: WorkflowDeps) =>
  workflow(snapshotServerRef)
    .step('new-image', {
      // The compute API creates it as well, unless it died first.
      do: ({ image }, w) => deps.images.create(w.ctx, image),
      undo: async ({ serverId, image, snapshots }, w) => {
        // Once the server was released, the work is done, though its last step failed.
        const isDone = (await deps.images.progressOf(image.id)) === 'whole' && !(await isHeld(deps, serverId, w.workflowId));
        if (isDone) return;
        await deps.images.discard(w.ctx, image.id);
        await discardSnapshots(deps, w, snapshots);
      },
    })
    .step('snapshot', {
      timeoutMs: SNAPSHOTS_TIMEOUT_MS,
      do: async ({ serverId, host, image, transition, snapshots }, w) => {
        const { image: booted } = await advance(deps, serverId, w.workflowId, { task_state: begun[transition] });
        if (snapshots) return await takeSnapshots(deps, w, { image, snapshots });
        await copyDisk(deps, w, { serverId, host, image, quiesce: quiesceOf(booted), taskStates });
      },
    })
    .step('rotate', { do: (snapshot, w) => rotate(deps, snapshot, w) })
    .step('settle', { do: ({ serverId }, w) => settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx }) })
    .onUnwound(({ serverId, failure }, w) =>
      settleBack(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, fault: faultOf(failure, deps.clock.now()) }),
    );

/** The task state once the host is asked. */
const begun = { createImage: 'image_snapshot', createBackup: 'image_backup' } as const satisfies Record<string, TaskState>;

const taskStates = { copying: 'image_pending_upload', uploading: 'image_uploading' } as const;

/** Deletes the backups of the server's type that are more than are kept, the oldest ones. Protected ones stay. */
async function rotate({ images }: WorkflowDeps, { serverId, rotation }: SnapshotServer, w: StepContext): Promise<void> {
  if (!rotation) return;
  const backups = await images.backupsOf(w.ctx, { serverId, type: rotation.type });
  for (const id of backups.slice(rotation.keep)) await images.discard(w.ctx, id);
}
