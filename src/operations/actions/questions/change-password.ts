import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../lib/versioning/schema.ts';
import { hostQuestion, restFace } from '../server-action.ts';

/** Synchronous although it changes the guest: a task's input is stored until the task ends, and passwords must not be stored. */
export const changePassword = hostQuestion('changePassword', {
  summary: "Set the administrator's password in the guest; 501 if the hypervisor cannot.",
  policy: 'os_compute_api:os-admin-password',
  input: t.Object({ password: t.String() }),
  rest: restFace({ key: 'changePassword', body: strictObject({ adminPass: t.String() }), input: (body) => ({ password: body.adminPass }) }),
  needs: 'setAdminPassword',
  ask: async ({ driver, serverId, input }) => {
    await driver.setAdminPassword(serverId, input.password);
    return null;
  },
  returns: t.Null(),
  isRecorded: true,
});
