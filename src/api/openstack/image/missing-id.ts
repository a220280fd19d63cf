/** An image whose id was forgotten is one that is not there: `/v2/images/` is no list to this service's clients, unlike `/v2/images`. */
import type { Exchange } from '../../../lib/http/exchange.ts';
import type { HttpServer } from '../../../lib/http/http-server.ts';

/** No image has this id, nor could one have it. */
const NOBODY = '-';

/** A server whose mount points take the missing id for one that nobody has; to the router, slashes at an end do not count. */
export const withMissingIds = (server: HttpServer): HttpServer => ({
  ...server,
  mount: (path, handler, refuse) => server.mount(path, (exchange) => handler(named(exchange)), refuse),
});

const named = (exchange: Exchange): Exchange =>
  /^\/v2\/images\/+$/.test(exchange.path) ? { ...exchange, path: `/v2/images/${NOBODY}` } : exchange;
