import { Readable, Transform } from 'node:stream';
import type { ImageTarget } from '../objects/server-image.ts';
import { NovaError } from '../lib/errors/error-type.ts';
import type { ReportProgress } from './driver.ts';
import { type ImageData, ImageNotSent, ImageRefused, type ImageSender } from './image-sender.ts';

/** Refusals that pass: another upload of the same data may still be ending, or the service is busy. */
const passing: readonly number[] = [408, 409, 429];

/** Sends image data over HTTP with the token from the task. */
export const httpImageSender: ImageSender = async (target, data, signal, progress) => {
  const { imageId } = target;
  try {
    const status = await put(target, data, signal, progress);
    if (status >= 400 && status < 500 && !passing.includes(status)) throw ImageRefused({ imageId, status });
    if (status !== 204) throw new Error(`The image service answered with status ${status}.`);
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof NovaError ? cause : ImageNotSent({ imageId }, { cause });
  }
};

async function put({ url, token }: ImageTarget, data: ImageData, signal: AbortSignal, progress?: ReportProgress): Promise<number> {
  const source = data.open();
  const body = source.pipe(counting(data.sizeBytes, progress));
  // A pipe does not pass on errors: a file that cannot be read must break the request, not cut the image off.
  source.once('error', (error) => body.destroy(error));
  try {
    const headers = { 'x-auth-token': token, 'content-type': 'application/octet-stream' };
    // A redirect would leak the token to another service.
    const response = await fetch(url, { method: 'PUT', headers, body: Readable.toWeb(body), duplex: 'half', redirect: 'error', signal });
    await response.body?.cancel();
    return response.status;
  } finally {
    source.destroy();
  }
}

const counting = (sizeBytes: number, progress?: ReportProgress): Transform => {
  let bytes = 0;
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      progress?.((100 * bytes) / sizeBytes, 'uploading the image');
      done(null, chunk);
    },
  });
};
