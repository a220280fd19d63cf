import { serverActions, type ServerActionName } from '../../../../operations/actions/index.ts';
import type { ServerAction } from '../../../../operations/actions/server-action.ts';
import { actionRoute, done, type Route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';

/** A route for every declared server action: nothing about it is said twice. */
export const serverActionRoutes: readonly Route<ServerFaceDeps>[] = Object.entries(serverActions).map(
  ([name, action]: [string, ServerAction]) => {
    const { key, ...declared } = action.rest;
    return actionRoute({
      key,
      ...declared,
      summary: action.summary,
      status: 202,
      handle: async ({ ctx, params, body }, { compute }: ServerFaceDeps) => {
        // The names are those of the table that is walked here.
        await compute.act(ctx, params.id, name as ServerActionName, body);
        return done();
      },
    });
  },
);
