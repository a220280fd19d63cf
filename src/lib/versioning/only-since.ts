import type { Microversion } from './microversion.ts';
import { type Field, variants, type Variants } from './resource.ts';

type Fields<D> = Readonly<Record<string, Field<D> | Variants<D>>>;

/** The fields for an answer that includes them only from a version on; fields that ended before it are dropped. */
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
