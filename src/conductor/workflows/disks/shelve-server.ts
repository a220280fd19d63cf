import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import { advanceServer } from '../../../db/stores/servers/servers.ts';
import { enqueue } from '../../../lib/workflow/enqueue.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { offloadServerRef, type ShelveServer, shelveServerRef } from '../../../operations/workflows.ts';
import { ServerTaken } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { copyDisk, discardShelvedImage } from '../steps/server-image.ts';
import { faultOf, inTransaction, isHeld, settle, settleBack } from '../steps/server-record.ts';
import { undoOnHost } from '../steps/undo-on-host.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/**
 * Shelves a server: powers its guest off and copies its disk into an image. With the last step the image is what the server is started from;
 * until then all is undone. Where servers leave their hosts at once when they are shelved, the next workflow takes over. One that boots from a
 * volume needs no image and leaves at once, as in Nova.
 */
export const shelveServer = (deps: WorkflowDeps) =>
  workflow(shelveServerRef)
    .step('new-image', {
      do: async ({ serverId, image }, w) => {
        // An operator may have reset the state of a server that was shelved.
        await discardShelvedImage(deps, w.ctx, serverId);
        if (image !== null) await deps.images.create(w.ctx, image);
      },
      undo: async ({ serverId, image }, w) => {
        if (image !== null && !(await isRecorded(deps, { serverId, image }))) await deps.images.discard(w.ctx, image.id);
      },
    })
    .step('off', {
      do: async ({ serverId, host }, w) => {
        await workOnHost(deps, w, host, (taskId) => deps.compute.stop(w.ctx, { host, taskId, serverId, input: null }));
        return { isOff: true };
      },
      undo: async ({ serverId, host, vmState }, w) => {
        if (vmState !== 'active' || !(await isHeld(deps, serverId, w.workflowId))) return;
        await undoOnHost(deps, w, host, (taskId) => deps.compute.start(w.ctx, { host, taskId, serverId, input: null }));
      },
    })
    .step('copy', {
      do: async ({ serverId, host, image }, w) => {
        if (image !== null) await copyDisk(deps, w, { serverId, host, image, taskStates });
      },
    })
    .step('shelved', { do: (shelve, w) => record(deps, shelve, w) })
    .onUnwound(({ serverId, vmState, off, failure }, w) => {
      const held = { serverId, workflowId: w.workflowId, ctx: w.ctx, fault: faultOf(failure, deps.clock.now()) };
      // A paused guest that was powered off has lost its memory.
      return settleBack(deps.db, vmState === 'paused' && off ? { ...held, to: 'stopped' } : held);
    });

const taskStates = { copying: 'shelving_image_pending_upload', uploading: 'shelving_image_uploading' } as const;

async function isRecorded(deps: Pick<WorkflowDeps, 'db'>, { serverId, image }: Pick<ShelveServer, 'serverId' | 'image'>): Promise<boolean> {
  const shelved = (await findServer(deps.db, serverId))?.shelved;
  return shelved?.imageId === (image?.id ?? null);
}

/** Records the image. Either the server then rests on its host, or the workflow that takes it off its host holds it. */
async function record(deps: WorkflowDeps, { serverId, host, image }: ShelveServer, w: StepContext): Promise<void> {
  const shelved = JSON.stringify({ imageId: image?.id ?? null, at: deps.clock.now().toISOString() });
  if (deps.options.shelvedOffloadSeconds !== 0 && image !== null)
    return await settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, to: 'shelved', more: { shelved } });
  const id = deps.ids.uuid();
  const state = { vm_state: 'shelved', task_state: 'shelving_offloading', power_state: 'shutdown', progress: 0, fault: null } as const;
  const isOurs = await inTransaction(deps, async (trx) => {
    const server = await advanceServer(trx, serverId, w.workflowId, { ...state, shelved, workflow_id: id });
    if (server) await enqueue(trx, offloadServerRef, { id, subject: serverId, ctx: w.ctx, input: { serverId, host } });
    return server !== undefined;
  });
  if (!isOurs && !(await isRecorded(deps, { serverId, image }))) throw ServerTaken({ serverId });
}
