import { AggregateNotFound } from '../../../../compute/aggregates/errors.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { isRowNumber } from '../ids-in-urls.ts';

/** The id of an aggregate in a path. A number that no aggregate can have is not found; anything else is no id. */
export function aggregateIdIn(id: string): number {
  if (isRowNumber(id)) return Number(id);
  if (/^-?\d+$/.test(id)) throw AggregateNotFound({ id });
  throw InvalidInput({ message: `id must be an integer, not ${id}` });
}
