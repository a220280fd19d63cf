/** Which of the parts that have arrived make the object. */
import type { StoredPart } from '../db/stores/objectstore/part-uploads.ts';
import { EntityTooSmall, InvalidPart, InvalidPartOrder, InvalidRequest } from './errors.ts';

/** S3's bounds. */
export const MAX_PARTS = 10_000;
/** Of every part but the last. */
const MIN_BYTES = 5 * 1024 ** 2;

/** A part as the client names it. */
export interface ChosenPart {
  readonly number: number;
  /** Without quotes. */
  readonly etag: string;
}

/** The parts that the client names; refuses those that are missing, too small or out of order. */
export function choose(parts: readonly StoredPart[], chosen: readonly ChosenPart[]): readonly StoredPart[] {
  if (chosen.length === 0) throw InvalidRequest({ problem: 'You must specify at least one part' });
  if (chosen.some(({ number }, n) => n > 0 && number <= (chosen[n - 1]?.number ?? 0))) throw InvalidPartOrder({});
  const byNumber = new Map(parts.map((part) => [part.number, part]));
  return chosen.map(({ number, etag }, n) => {
    const part = byNumber.get(number);
    if (!part || part.md5 !== etag.toLowerCase()) throw InvalidPart({ part: number });
    if (n < chosen.length - 1 && part.sizeBytes < MIN_BYTES) throw EntityTooSmall({ part: number });
    return part;
  });
}
