import { Type as t } from '@sinclair/typebox';
import { upgraded } from '../../../lib/versioning/shape.ts';
import { memoize } from '../../../lib/memo/memoize.ts';

/** A time as most of the API tells it: whole seconds, UTC. @example 2026-11-22T06:47:57Z */
export const seconds = (time: Date): string => `${isoOf(time).slice(0, 19)}Z`;

/** A time as the usage fields tell it: microseconds, no zone. @example 2026-11-22T06:47:57.000000 */
export const microseconds = (time: Date): string => `${isoOf(time).slice(0, 23)}000`;

/** Cache of formatted dates, which are often shown repeatedly; nobody mutates a Date. */
const isoOf = memoize((time: Date) => time.toISOString());

/** Links of a resource: `self` under the version, `bookmark` for good. */
export const links = t.Array(t.Object({ rel: t.String(), href: t.String() }, { additionalProperties: false }));

export const linksTo = (path: string, view: { readonly baseUrl: string; readonly bookmarkUrl: string }) => [
  { rel: 'self', href: `${view.baseUrl}/${path}` },
  { rel: 'bookmark', href: `${view.bookmarkUrl}/${path}` },
];

/** Whether the client uses the legacy API, `/v2`, which tells a little more here and there. */
export const isLegacy = ({ baseUrl }: { readonly baseUrl: string }): boolean => /\/v2(\/[^/]*)?$/.test(baseUrl);

/** Patterns for whole numbers as text, by their minimum. */
const wholeTexts = { '-1': '^(-1|[0-9]+)$', '0': '^[0-9]+$', '1': '^0*[1-9][0-9]*$' } as const;

/** A 32-bit whole number with a minimum, also accepted as text. */
export const wholeFrom = (minimum: -1 | 0 | 1) =>
  upgraded(
    t.Unsafe<number | string>({
      type: ['integer', 'string'],
      pattern: wholeTexts[`${minimum}`],
      format: 'int32',
      minLength: 1,
      minimum,
      maximum: 2 ** 31 - 1,
    }),
    Number,
  );
