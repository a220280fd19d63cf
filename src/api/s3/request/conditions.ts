/** The conditions and the range of a request, by its headers. */
import type { ByteSpan } from '../../../objects/stored-object.ts';
import type { ReadConditions, WriteConditions } from '../../../objectstore/conditions.ts';
import { InvalidRange } from '../../../objectstore/errors.ts';
import type { Asked } from './asked.ts';

/** The conditions of reading. @param prefix of the names of the headers, for the source of a copy */
export const readConditions = (asked: Asked, prefix = ''): ReadConditions => ({
  ifMatch: asked.header(`${prefix}if-match`),
  ifNoneMatch: asked.header(`${prefix}if-none-match`),
  ifModifiedSince: dateIn(asked.header(`${prefix}if-modified-since`)),
  ifUnmodifiedSince: dateIn(asked.header(`${prefix}if-unmodified-since`)),
});

export const writeConditions = (asked: Asked): WriteConditions => ({
  ifMatch: asked.header('if-match'),
  ifNoneMatch: asked.header('if-none-match'),
});

/** A date that cannot be read is no condition, as HTTP has it. */
function dateIn(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '');
  return Number.isNaN(date.getTime()) ? undefined : date;
}

const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;

/** The bytes that a range means of data of this size; undefined is all of them, also for ranges of other forms. */
export function spanIn(range: string | undefined, sizeBytes: number): ByteSpan | undefined {
  const [, from = '', to = ''] = RANGE.exec(range?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const span =
    from === ''
      ? { first: Math.max(sizeBytes - Number(to), 0), last: sizeBytes - 1 }
      : { first: Number(from), last: Math.min(to === '' ? sizeBytes - 1 : Number(to), sizeBytes - 1) };
  if (from !== '' && to !== '' && Number(from) > Number(to)) return undefined;
  if (span.first > span.last) throw InvalidRange({ sizeBytes });
  return span;
}
