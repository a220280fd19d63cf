import { findServers } from '../../../db/stores/servers/servers.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { mendVolumeRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { plugVolumeAgain, unplugVolume } from '../steps/server-volumes.ts';

/**
 * Makes a guest agree with the record about one volume: their host was away when the volume was attached or detached. The record is read only
 * now, since other work may have run before; where they agree again this is a no-op. What fails is found again by the host's next comparison.
 */
export const mendVolume = (deps: WorkflowDeps) =>
  workflow(mendVolumeRef).step('guest', {
    do: async ({ serverId, host, volumeId }, w) => {
      const [server] = await findServers(deps.db, [serverId]);
      // Its guest here, if it had one, is no longer the server's.
      if (server?.host !== host) return;
      const listed = server.volumes.find((one) => one.volumeId === volumeId);
      if (listed) await plugVolumeAgain(deps, w, { serverId, host, volume: listed });
      else await unplugVolume(deps, w, { serverId, host, volumeId });
    },
  });
