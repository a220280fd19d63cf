import { ImageLimitExceeded } from './errors.ts';
import type { ImageChanges } from './image.ts';

/** How many of each an image may have: Glance's own defaults. */
export const imageLimits = { properties: 128, tags: 128, members: 128 } as const;

/** Refuses more than the limit. */
export function checkLimit(what: keyof typeof imageLimits, attempted: number): void {
  const maximum = imageLimits[what];
  if (attempted > maximum) throw ImageLimitExceeded({ what, attempted, maximum });
}

/** Refuses more properties or tags than an image may have. */
export function checkLimits({ properties, tags }: ImageChanges): void {
  if (properties) checkLimit('properties', Object.keys(properties).length);
  if (tags) checkLimit('tags', tags.length);
}
