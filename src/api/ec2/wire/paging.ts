/** Pages of what is described. */
import { InvalidParameterCombination, InvalidParameterValue } from '../errors.ts';
import type { Ec2Asked } from './asked.ts';

const LEAST = 5;
const MOST = 1_000;

/** A page, and the token of the next one if there is more. */
export interface Ec2Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** The page that the request asks for, of things in an order that new ones do not disturb: a token names the last one of its page. */
export function pageOf<T>(asked: Ec2Asked, all: readonly T[], idOf: (one: T) => string, idParameter: string): Ec2Page<T> {
  const size = asked.count('MaxResults', { least: 0, most: Number.MAX_SAFE_INTEGER });
  if (size !== undefined && size < LEAST)
    throw InvalidParameterValue({
      problem: `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value greater than ${LEAST}.`,
    });
  if (size !== undefined && asked.has(idParameter))
    throw InvalidParameterCombination({ problem: `The parameter ${idParameter} cannot be used with the parameter maxResults` });
  const begin = beginOf(asked.text('NextToken'), all, idOf);
  const items = all.slice(begin, begin + Math.min(size ?? MOST, MOST));
  const last = items.at(-1);
  return { items, nextToken: last !== undefined && begin + items.length < all.length ? tokenOf(idOf(last)) : undefined };
}

const tokenOf = (id: string): string => Buffer.from(id).toString('base64url');

function beginOf<T>(token: string | undefined, all: readonly T[], idOf: (one: T) => string): number {
  if (token === undefined) return 0;
  const at = all.findIndex((one) => tokenOf(idOf(one)) === token);
  if (at < 0) throw InvalidParameterValue({ problem: 'Unable to parse pagination token' });
  return at + 1;
}
