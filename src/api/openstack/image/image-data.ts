import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { ImageApi } from '../../../image/api.ts';
import { ImageIncomplete } from '../../../image/errors.ts';
import { isImagePass } from '../../../image/image-pass.ts';
import { HttpFault } from '../../../lib/http/http-fault.ts';
import type { Answer, ByteStream } from '../../pipeline/answer.ts';
import { done, route } from '../../pipeline/route.ts';
import { readRange } from './image-range.ts';

interface Deps {
  readonly images: ImageApi;
}

const OCTETS = 'application/octet-stream';

/** The data, or no body for an image without data. */
const maybeBytes: Answer<ByteStream | undefined> = { schemaAt: () => undefined, render: (value) => value };

/** Compute hosts send the pass from their task instead of a token. */
function passIn(headers: IncomingHttpHeaders): string | undefined {
  const token = headers['x-auth-token'];
  return typeof token === 'string' && isImagePass(token) ? token : undefined;
}

export const uploadImage = route({
  method: 'PUT',
  path: '/v2/images/{id}/file',
  summary: 'Upload the data of an image.',
  streams: true,
  pass: ({ headers }) => passIn(headers) !== undefined,
  status: 204,
  handle: async ({ ctx, params, stream, headers }, { images }: Deps) => {
    if (headers['content-type']?.split(';')[0]?.trim() !== OCTETS) throw new HttpFault(415, `The data of an image is sent as ${OCTETS}.`);
    const pass = passIn(headers);
    await (pass === undefined ? images.upload(ctx, params.id, received(stream)) : images.uploadBy(ctx, pass, params.id, received(stream)));
    return done();
  },
});

export const downloadImage = route({
  method: 'GET',
  path: '/v2/images/{id}/file',
  summary: 'Download the data of an image, or a range of it.',
  pass: ({ headers }) => passIn(headers) !== undefined,
  status: 200,
  answers: maybeBytes,
  handle: async ({ ctx, params, headers }, { images }: Deps) => {
    const pick = (sizeBytes: number) => readRange(headers.range, sizeBytes);
    const pass = passIn(headers);
    const { image, data } = await (pass === undefined ? images.download(ctx, params.id, pick) : images.downloadBy(pass, params.id, pick));
    if (!data) return { value: undefined, status: 204 };
    const { chunks, range } = data;
    const stream = chunks instanceof Readable ? chunks : Readable.from(chunks, { objectMode: false });
    const whole = image.sizeBytes ?? undefined;
    if (!range) {
      const headersOfAll = { 'Accept-Ranges': 'bytes', ...(image.md5 !== null && { 'Content-MD5': image.md5 }) };
      return { value: { stream, contentType: OCTETS, contentLength: whole }, headers: headersOfAll };
    }
    return {
      value: { stream, contentType: OCTETS, contentLength: range.last - range.first + 1 },
      status: 206,
      headers: { 'Accept-Ranges': 'bytes', 'Content-Range': `bytes ${range.first}-${range.last}/${whole}` },
    };
  },
});

/** The body as chunks. A body refused midway is still drained, so that the client gets the answer. */
async function* received(stream: Readable): AsyncGenerator<Uint8Array> {
  try {
    // Destroying the stream would close the connection before the answer is sent.
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>; // Seam: an HTTP body yields buffers.
  } catch (error) {
    throw ImageIncomplete({ problem: 'The data ended before it was complete.' }, { cause: error });
  } finally {
    stream.resume();
  }
}
