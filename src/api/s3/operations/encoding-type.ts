import { InvalidArgument } from '../../../objectstore/errors.ts';
import type { Asked } from '../request/asked.ts';

/** The most entries of one list. */
export const MAX_ENTRIES = 1_000;

/** How a list writes names: as they are, or percent-encoded for clients whose XML parser does not take every character. */
export function encoderOf(asked: Asked): (text: string) => string {
  const type = asked.param('encoding-type');
  if (type === undefined) return (text) => text;
  if (type !== 'url') throw InvalidArgument({ problem: 'Invalid Encoding Method specified in Request' });
  return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
}
