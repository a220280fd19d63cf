import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { ImageSource } from '../../objects/guest-spec.ts';
import type { ImageMeta } from '../../objects/image.ts';
import type { ReportProgress } from '../driver.ts';
import { ImageUnusable } from '../errors.ts';
import { type ImageFetcher, ImageNotFetched } from './image-fetcher.ts';

// Downloads images over HTTP, and verifies what it gets.

/** Fetches images over HTTP with the token from the boot request; size and sha512 must match the image's record. */
export const httpImageFetcher: ImageFetcher = {
  fetch: async (source, to, signal, progress) => {
    const { image } = source;
    try {
      const body = await request(source, signal);
      const proof = proofOf(image, progress);
      await pipeline(body, proof.through, createWriteStream(to, { flags: 'wx' }), { signal });
      proof.check();
    } catch (cause) {
      if (signal.aborted || cause instanceof NovaError) throw cause;
      throw ImageNotFetched({ imageId: image.id }, { cause });
    }
  },
};

const request = async ({ image, url, token }: ImageSource, signal: AbortSignal): Promise<Readable> => {
  // A redirect would leak the token to another service.
  const response = await fetch(url, { headers: { 'x-auth-token': token }, redirect: 'error', signal });
  if (response.status === 200 && response.body) return Readable.fromWeb(response.body);
  await response.body?.cancel();
  if (response.status >= 400 && response.status < 500)
    throw ImageUnusable({ imageId: image.id, because: `the image service refuses it (${response.status}).` });
  throw new Error(`The image service answered with status ${response.status}.`);
};

/** Counts and hashes the data; aborts as soon as it exceeds the recorded size. */
const proofOf = (image: ImageMeta, progress?: ReportProgress) => {
  const hash = createHash('sha512');
  let bytes = 0;
  const through = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > image.sizeBytes) done(ImageUnusable({ imageId: image.id, because: `its data is larger than ${image.sizeBytes} bytes.` }));
      else {
        progress?.((100 * bytes) / image.sizeBytes, 'fetching the image');
        done(null, chunk);
      }
    },
  });
  const check = (): void => {
    if (bytes !== image.sizeBytes)
      throw ImageUnusable({ imageId: image.id, because: `its data has ${bytes} bytes instead of ${image.sizeBytes}.` });
    if (hash.digest('hex') !== image.hash.toLowerCase())
      throw ImageUnusable({ imageId: image.id, because: 'its data does not match its checksum.' });
  };
  return { through, check };
};
