import { InvalidParameterValue, UnsupportedParameter } from '../errors.ts';
import type { Ec2Asked } from './asked.ts';

const MAX_KEY = 127;
const MAX_VALUE = 255;

/** The tags that a request gives to what it makes, which is of one type. */
export function tagsIn(asked: Ec2Asked, parameter: string, type: string): Readonly<Record<string, string>> {
  const given = asked.numbersOf(parameter);
  const other = given.find((number) => asked.required(`${parameter}.${number}.ResourceType`) !== type);
  if (other !== undefined) throw UnsupportedParameter({ name: `${parameter}.${other}.ResourceType` });
  return Object.fromEntries(given.flatMap((number) => tagPairs(asked, `${parameter}.${number}.Tag`)));
}

/** `Tag.1.Key` with `Tag.1.Value`, and so on. */
export const tagPairs = (asked: Ec2Asked, parameter: string): readonly (readonly [string, string])[] =>
  asked.numbersOf(parameter).map((number) => {
    const key = asked.required(`${parameter}.${number}.Key`);
    const value = asked.text(`${parameter}.${number}.Value`) ?? '';
    if (key.length > MAX_KEY || key.startsWith('aws:'))
      throw InvalidParameterValue({ problem: `Tag key '${key.slice(0, MAX_VALUE)}' is invalid.` });
    if (value.length > MAX_VALUE)
      throw InvalidParameterValue({ problem: `The value of tag '${key}' has more than ${MAX_VALUE} characters.` });
    return [key, value] as const;
  });
