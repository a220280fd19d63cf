import { wasEvacuatedFrom } from '../../../db/stores/moves/migrations.ts';
import type { Step } from '../../../lib/workflow/step.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { WorkflowDeps } from '../deps.ts';
import { heldServer } from './server-record.ts';
import { destroyGuest } from './spawn-guest.ts';

interface Coming {
  readonly serverId: ServerId;
  readonly claim: { readonly host: HostName };
}

/**
 * Destroys what the host still has of a server that was evacuated from it and comes back: once the server is placed there, the host does
 * not destroy it itself any more, and takes it for the guest that comes.
 */
export const clearHost = (deps: WorkflowDeps): Step<Coming, null> => ({
  do: async ({ serverId, claim: { host } }, w) => {
    await heldServer(deps, serverId, w.workflowId);
    if (await wasEvacuatedFrom(deps.db, serverId, host)) await destroyGuest(deps, w, host, serverId);
    return null;
  },
});
