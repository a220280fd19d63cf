// Request ids: ours is always new, the caller's is only recorded.
import type { Ids } from '../clock/ids.ts';

const FORM = /^req-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A fresh request id, `req-<uuid>`. */
export const newRequestId = (ids: Ids): string => `req-${ids.uuid()}`;

/** A caller's own request id, if it is well-formed; anything else is ignored. */
export const globalRequestIdOf = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && FORM.test(header) ? header : undefined;
