/** Parses the Range header of an image download. */
import type { ByteRange } from '../../../image/store.ts';
import { HttpFault } from '../../../lib/http/http-fault.ts';

/** The requested range within data of this size; undefined without a header. Multiple ranges are not supported. */
export function readRange(header: string | undefined, sizeBytes: number): ByteRange | undefined {
  if (header === undefined) return undefined;
  const [, from = '', to = ''] = /^bytes=(\d{0,16})-(\d{0,16})$/.exec(header.trim()) ?? [];
  if (from === '' && to === '') throw unsatisfiable(header, sizeBytes);
  // `bytes=-5`: the last five.
  const range =
    from === ''
      ? { first: Math.max(sizeBytes - Number(to), 0), last: sizeBytes - 1 }
      : { first: Number(from), last: to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1) };
  if (range.first > range.last) throw unsatisfiable(header, sizeBytes);
  return range;
}

const unsatisfiable = (header: string, sizeBytes: number): HttpFault =>
  new HttpFault(416, `The Range "${header.slice(0, 255)}" is not one of the ${sizeBytes} bytes of the image.`, {
    'Content-Range': `bytes */${sizeBytes}`,
  });
