// Routes that Nova has removed: they answer 410 at every version.
import { HttpFault } from '../../lib/http/http-fault.ts';
import type { Window } from '../../lib/versioning/microversion.ts';
import { queryParams } from '../../lib/versioning/query-params.ts';
import { route, type Method, type Route } from './route.ts';

/** A removed path. 410 is clearer than a 404, which looks like a typo. Outside its window the path is unknown. */
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
