/**
 * An empty image id is 404: OpenStack's own tests show and delete an image of the id "" and insist on it. So `/v2/images/` does not list images, as
 * `/v2/images` does.
 */
import type { Exchange } from '../../../lib/http/exchange.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';

/** A path without a route: there is no id that the answer could name. */
const NOWHERE = '/v2/images/-/-';

/** Wraps a server so that its mounts find no route for an empty id; the router ignores trailing slashes. */
export const withMissingIds = (server: HttpServer): HttpServer => ({
  ...server,
  mount: (path, handler, refuse) => server.mount(path, (exchange) => handler(named(exchange)), refuse),
});

const named = (exchange: Exchange): Exchange => (/^\/v2\/images\/+$/.test(exchange.path) ? { ...exchange, path: NOWHERE } : exchange);
