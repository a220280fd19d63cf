// Reads a request's body, where its route wants one.
import { type Exchange, headerOf } from '../../lib/http/exchange.ts';
import { parseJson, readBytes } from '../../lib/http/json-body.ts';
import type { Place } from './place.ts';
import type { Site } from './site.ts';

/** The JSON value that was sent; undefined when the body is empty, streamed or of no interest. */
export async function readBody<Deps>(exchange: Exchange, { candidates }: Place<Deps>, site: Site<Deps>): Promise<unknown> {
  if (!candidates.some((route) => route.body !== undefined) || candidates.some((route) => route.streams)) return undefined;
  const bytes = await readBytes(exchange.stream, site.bodyBytes);
  const mediaType = headerOf(exchange, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (bytes.length > 0 && mediaType && !site.mediaTypes.test(mediaType)) throw site.wrongMediaType();
  return parseJson(bytes.toString('utf8'), site.jsonDepth);
}
