/** Filters by the JSON column `tags`, as OpenStack's APIs define them. */
import { type Expression, type SqlBool, sql } from 'kysely';

/** The tags that a row has or does not have. */
export interface TagFilter {
  readonly all?: readonly string[];
  readonly any?: readonly string[];
  readonly notAll?: readonly string[];
  readonly notAny?: readonly string[];
}

/** One condition for each part of the filter that is given. */
export const tagConditions = ({ all, any, notAll, notAny }: TagFilter): Expression<SqlBool>[] => [
  ...(all ? [sql<SqlBool>`jsonb_exists_all(tags, ${[...all]})`] : []),
  ...(any ? [sql<SqlBool>`jsonb_exists_any(tags, ${[...any]})`] : []),
  ...(notAll ? [sql<SqlBool>`NOT jsonb_exists_all(tags, ${[...notAll]})`] : []),
  ...(notAny ? [sql<SqlBool>`NOT jsonb_exists_any(tags, ${[...notAny]})`] : []),
];
