import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { changePasswordRef } from '../../workflows.ts';
import { restFace, workflowAction } from '../server-action.ts';

/** The action `changePassword`. The password is kept with the server while the work lasts, never with the workflow. */
export const changePassword = workflowAction('changePassword', {
  summary: "Set the administrator's password in the running guest; 409 without an agent in the guest, 501 if the hypervisor cannot.",
  policy: 'os_compute_api:os-admin-password',
  input: t.Object({ password: t.String() }),
  rest: restFace({ key: 'changePassword', body: strictObject({ adminPass: t.String() }), input: (body) => ({ password: body.adminPass }) }),
  needs: 'setAdminPassword',
  workflow: changePasswordRef,
});
