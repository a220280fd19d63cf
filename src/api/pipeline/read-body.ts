// A request's body: read once, on demand, and decoded only if its route takes a body.
import { invariant } from '../../lib/errors/invariant.ts';
import type { Exchange } from '../../lib/http/exchange.ts';
import type { Unidentified } from './face.ts';
import type { Place } from './place.ts';
import type { Site } from './site.ts';

/** The request with its body, still unread. */
export function unread<Deps>(exchange: Exchange, { candidates }: Place<Deps>, { bodyBytes }: Site<Deps>): Unidentified {
  let bytes: Promise<Buffer> | undefined;
  return {
    exchange,
    body: () => {
      invariant(!candidates.some((route) => route.streams), 'a streamed body is read by its route alone');
      return (bytes ??= exchange.body(bodyBytes));
    },
  };
}

/** The decoded body; undefined when it is empty, streamed or unused. */
export async function readBody<Deps>({ exchange, body }: Unidentified, { candidates }: Place<Deps>, site: Site<Deps>): Promise<unknown> {
  if (!candidates.some((route) => route.body !== undefined) || candidates.some((route) => route.streams)) return undefined;
  return site.decode(await body(), exchange);
}
