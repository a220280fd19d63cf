/** An empty image id is 404: clients of this service do not expect `/v2/images/` to list images, as `/v2/images` does. */
import type { Exchange } from '../../../lib/http/exchange.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';

/** An id that no image can have. */
const NOBODY = '-';

/** Wraps a server so that its mounts replace an empty id by one that never exists; the router ignores trailing slashes. */
export const withMissingIds = (server: HttpServer): HttpServer => ({
  ...server,
  mount: (path, handler, refuse) => server.mount(path, (exchange) => handler(named(exchange)), refuse),
});

const named = (exchange: Exchange): Exchange =>
  /^\/v2\/images\/+$/.test(exchange.path) ? { ...exchange, path: `/v2/images/${NOBODY}` } : exchange;
