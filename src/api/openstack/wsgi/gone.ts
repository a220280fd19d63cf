// Routes that today's Nova has removed for good: they answer 410 at every version.
import { HttpFault } from '../../../lib/http/http-fault.ts';
import { route, type Method, type Route } from './route.ts';

/** A path that was taken away; saying so beats a 404 that looks like a typing error. */
export const gone = (method: Method, path: string): Route<unknown> =>
  route({
    method,
    path,
    summary: 'Removed; answers 410.',
    status: 410,
    handle: () => Promise.reject(new HttpFault(410, 'This resource is no longer available. No forwarding address is given.')),
  });
