import { Type as t } from '@sinclair/typebox';
import { strictObject, stringEnum } from '../../../lib/versioning/schema.ts';
import { recordEdit, restFace } from '../server-action.ts';

const state = stringEnum(['active', 'error']);

export const resetState = recordEdit('resetState', {
  summary: "Set the server's state to active or error; work in progress on it is abandoned.",
  policy: 'os_compute_api:os-admin-actions:reset_state',
  input: t.Object({ to: state }),
  rest: restFace({ key: 'os-resetState', body: strictObject({ state }), input: (body) => ({ to: body.state }) }),
  onRecord: ({ input }) => ({ vmState: input.to, endsWork: true }),
});
