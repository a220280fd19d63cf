// Routes that today's Nova has removed for good: they answer 410 at every version.
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Window } from '../../lib/versioning/microversion.ts';
import { queryParams } from '../../lib/versioning/query-params.ts';
import { route, type Method, type Route } from './route.ts';

/** A path that was taken away; saying so beats a 404 that looks like a typing error. Outside its window it is unknown. */
export const gone = (method: Method, path: string, window: Window = {}): Route<unknown> =>
  route({
    ...window,
    method,
    path,
    summary: 'Removed; answers 410.',
    query: queryParams({}),
    status: 410,
    handle: () => Promise.reject(new HttpFault(410, 'This resource is no longer available. No forwarding address is given.')),
  });
