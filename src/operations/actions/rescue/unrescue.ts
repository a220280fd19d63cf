/** Ends a rescue. */
import { Type as t } from '@sinclair/typebox';
import { hostTask, restFace } from '../server-action.ts';

/** The action `unrescue`. */
export const unrescue = hostTask('unrescue', {
  summary: 'Boot the rescued server from its own disk again.',
  policy: 'os_compute_api:os-unrescue',
  input: t.Object({
    /** Whether its own guest is started then. */
    boots: t.Boolean(),
  }),
  rest: restFace({ key: 'unrescue', input: () => ({ boots: true }) }),
  needs: 'rescue',
  onHost: async ({ driver, serverId, input }) => {
    await driver.unrescue(serverId);
    if (input.boots) await driver.powerOn(serverId);
  },
  contractSince: 3,
});
