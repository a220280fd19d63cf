import { endBeside } from '../../../db/stores/servers/settling.ts';
import { findServers } from '../../../db/stores/servers/servers.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { growVolumeRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { ignoringNoGuest } from '../steps/undo-on-host.ts';
import { workOnHost } from '../steps/work-on-host.ts';

const GIB = 1024 ** 3;

/**
 * Lets a guest have what was added to a volume of its server. Where there is no guest, or it is off, it has that at its next start; if this
 * fails, it has it then too, and until then the size that it knows.
 */
export const growVolume = (deps: WorkflowDeps) =>
  workflow(growVolumeRef)
    .step('guest', {
      do: async ({ serverId, volumeId }, w) => {
        // Other work may have run before this: the server may have moved, or given the volume back.
        const [server] = await findServers(deps.db, [serverId]);
        const { host = null, volumes = [] } = server ?? {};
        const listed = volumes.find((one) => one.volumeId === volumeId);
        const sizeGb = await deps.volumes.sizeOf(w.ctx, volumeId);
        if (host === null || !listed || sizeGb === undefined || !(await deps.volumes.isAttached(w.ctx, listed.attachmentId))) return;
        const { attachmentId, device } = listed;
        const volume = await deps.volumes.connect(w.ctx, { attachmentId, volumeId, host, device });
        if (!volume) return;
        const bytes = sizeGb * GIB;
        await ignoringNoGuest(
          workOnHost(deps, w, host, (taskId) => deps.compute.growVolume(w.ctx, { host, taskId, serverId, volume, bytes })),
        );
        await deps.volumes.complete(w.ctx, attachmentId);
      },
    })
    .step('settle', { do: ({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: false }) })
    .onUnwound(({ serverId }, w) => endBeside(deps.db, { serverId, requestId: w.ctx.requestId, failed: true }));
