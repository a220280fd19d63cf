import type { ApiRequest } from '../../pipeline/route.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { Expecting } from '../../../network/api/revision.ts';

/** What a client expects of a resource: `If-Match: revision_number=3`. */
export function expectingOf({ headers }: Pick<ApiRequest, 'headers'>): Expecting {
  const text = headers['if-match'];
  if (text === undefined) return {};
  const [, number] = /^\s*"?revision_number=(\d{1,9})"?\s*$/.exec(text) ?? [];
  if (number === undefined) throw InvalidInput({ message: 'The header If-Match supports only revision_number=NUMBER.' });
  return { revision: Number(number) };
}
