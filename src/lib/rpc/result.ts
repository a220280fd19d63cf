/** The value that a call gives back or a task reports, checked against its contract. */
import { Kind, type TSchema } from '@sinclair/typebox';
import { problemOf } from './checker.ts';
import { MessageInvalid, type MessageName } from './messaging-errors.ts';

const NOTHING: readonly string[] = ['Null', 'Void', 'Undefined'];

/** The value as its contract promises it; "no value" (null on the wire) is undefined where the contract returns nothing. */
export function fitResult(of: MessageName, promised: TSchema, value: unknown): unknown {
  if (NOTHING.includes(promised[Kind])) return undefined;
  const fitting = value === undefined ? null : value;
  const problem = problemOf(promised, fitting);
  if (problem !== undefined) throw MessageInvalid({ ...of, part: 'result', problem });
  return fitting;
}
