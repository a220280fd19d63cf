// How the value a handler returns becomes a body at the caller's version, and the schema of that body.
import { Readable } from 'node:stream';
import { Type as t, type Static, type TSchema } from '@sinclair/typebox';
import { perVersion, type Microversion } from '../../lib/versioning/microversion.ts';
import type { Resource, View } from '../../lib/versioning/resource.ts';

/** The body of an answer at each version; `undefined` means no body. Bytes and streams pass through unchanged. */
export interface Answer<in D> {
  readonly schemaAt: (at: Microversion) => TSchema | undefined;
  readonly render: (value: D, view: View) => unknown;
  /** The same body as JSON in UTF-8, where that is cheaper than rendering it anew; undefined where there is none. */
  readonly json?: ((value: D, view: View) => Buffer | undefined) | undefined;
}

/** One resource in its envelope: `{ server: {...} }`. */
export const envelope = <D>(key: string, inner: Resource<D>): Answer<D> => ({
  schemaAt: perVersion((at) => t.Object({ [key]: inner.schemaAt(at) }, { additionalProperties: false })),
  render: (value, view) => ({ [key]: inner.render(value, view) }),
  json: enveloped(key, inner.json),
});

function enveloped<D>(key: string, json: Resource<D>['json']): Answer<D>['json'] {
  const [before, after] = [Buffer.from(`{${JSON.stringify(key)}:`), Buffer.from('}')];
  return json && ((value, view) => Buffer.concat([before, json(value, view), after]));
}

/** A resource without an envelope. */
export const bare = <D>(inner: Resource<D>): Answer<D> => ({ schemaAt: inner.schemaAt, render: inner.render });

/** The handler's value as the body, the same at every version. */
export const exactly = <T extends TSchema>(schema: T): Answer<Static<T>> => ({ schemaAt: () => schema, render: (value) => value });

/** No body, whatever the handler returned. */
export const nothing: Answer<unknown> = { schemaAt: () => undefined, render: () => undefined };

/** Bytes with a content type, of any length: images, console logs. */
export interface ByteStream {
  readonly stream: Readable;
  readonly contentType: string;
  readonly contentLength?: number | undefined;
}

/** A streamed body. */
export const bytes: Answer<ByteStream> = { schemaAt: () => undefined, render: (value) => value };

/** Whether a value is a streamed body made by `bytes`. */
export const isByteStream = (body: unknown): body is ByteStream =>
  typeof body === 'object' && body !== null && 'stream' in body && body.stream instanceof Readable;

/** An answer whose shape depends on the version. @example answerAt((at) => (live({ since: v.imageIdAnswer }, at) ? imageId : nothing)) */
export const answerAt = <D>(choose: (at: Microversion) => Answer<D>): Answer<D> => ({
  schemaAt: perVersion((at) => choose(at).schemaAt(at)),
  render: (value, view) => choose(view.at).render(value, view),
  json: (value, view) => choose(view.at).json?.(value, view),
});
