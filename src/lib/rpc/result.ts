/** Checks the value that a call returns or a task reports against its contract. */
import { Kind, type TSchema } from '@sinclair/typebox';
import { problemOf } from './checker.ts';
import { MessageInvalid, type MessageName } from './messaging-errors.ts';

const NOTHING: readonly string[] = ['Null', 'Void', 'Undefined'];

/** Returns the checked value; null on the wire becomes undefined where the contract returns nothing. */
export function fitResult(of: MessageName, promised: TSchema, value: unknown): unknown {
  if (NOTHING.includes(promised[Kind])) return undefined;
  const fitting = value === undefined ? null : value;
  const problem = problemOf(promised, fitting);
  if (problem !== undefined) throw MessageInvalid({ ...of, part: 'result', problem });
  return fitting;
}
