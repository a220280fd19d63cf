import { adminPasswordOf } from '../../../db/stores/servers/admin-password.ts';
import { invariant } from '../../../lib/errors/invariant.ts';
import { workflow } from '../../../lib/workflow/workflow.ts';
import { administratorOf } from '../../../objects/guest-agent.ts';
import { changePasswordRef } from '../../../operations/workflows.ts';
import type { WorkflowDeps } from '../deps.ts';
import { faultOf, heldServer, settle, settleBack } from '../steps/server-record.ts';
import { workOnHost } from '../steps/work-on-host.ts';

/** Sets the administrator's password in a running guest. It cannot be taken back: nobody knows the password of before. */
export const changePassword = (deps: WorkflowDeps) =>
  workflow(changePasswordRef)
    .step('guest', {
      do: async ({ serverId, host }, w) => {
        const { image } = await heldServer(deps, serverId, w.workflowId);
        const password = await adminPasswordOf(deps.db, serverId);
        invariant(password !== undefined, 'the password is kept until the work ends');
        const user = administratorOf(image);
        await workOnHost(deps, w, host, (taskId) => deps.compute.setAdminPassword(w.ctx, { host, taskId, serverId, user, password }));
      },
    })
    .step('settle', { do: ({ serverId }, w) => settle(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx }) })
    .onUnwound(({ serverId, failure }, w) =>
      settleBack(deps.db, { serverId, workflowId: w.workflowId, ctx: w.ctx, fault: faultOf(failure, deps.clock.now()) }),
    );
