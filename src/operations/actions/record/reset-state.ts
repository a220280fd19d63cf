import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../lib/errors/error-type.ts';
import { strictObject, stringEnum } from '../../../lib/versioning/schema.ts';
import { recordEdit, restFace } from '../server-action.ts';

const state = stringEnum(['active', 'error']);

/** A server without a host has no guest that could be active; the state that it has tells the way back. */
const NoHostToBeActiveOn = errorType(
  'NoHostToBeActiveOn',
  'conflict',
  (p: { id: string; vmState: string }) => `Cannot 'resetState' instance ${p.id} to active while it is on no host (vm_state ${p.vmState})`,
);

export const resetState = recordEdit('resetState', {
  summary: "Set the server's state to active or error; work in progress on it is abandoned.",
  policy: 'os_compute_api:os-admin-actions:reset_state',
  input: t.Object({ to: state }),
  rest: restFace({ key: 'os-resetState', body: strictObject({ state }), input: (body) => ({ to: body.state }) }),
  onRecord: ({ server: { id, host, vmState, shelved }, input: { to } }) => {
    if (to === 'error' || host !== null) return { vmState: to, endsWork: true };
    // It left its host when it was shelved: there it rests, and from there it can be started.
    if (shelved) return { vmState: 'shelved_offloaded', endsWork: true };
    throw NoHostToBeActiveOn({ id, vmState });
  },
});
