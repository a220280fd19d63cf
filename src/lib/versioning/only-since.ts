import type { Microversion } from './microversion.ts';
import { type Field, variants, type Variants } from './resource.ts';

type Fields<D> = Readonly<Record<string, Field<D> | Variants<D>>>;

/** The fields as an answer has them that tells them only since a version; what had ended before is left out. */
export const onlySince = <D>(since: Microversion, fields: Fields<D>): Fields<D> =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, one]) => {
      const all = 'variants' in one ? one.variants : [one];
      const kept = all.filter(({ until }) => until === undefined || until.ordinal > since.ordinal);
      return kept.length === 0 ? [] : [[key, variants(...kept.map((each) => ({ ...each, since: later(each.since, since) })))]];
    }),
  );

const later = (one: Microversion | undefined, other: Microversion): Microversion =>
  one !== undefined && one.ordinal > other.ordinal ? one : other;
