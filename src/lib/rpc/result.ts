/** The value a call gives back, checked against its contract on both sides of the wire. */
import { Kind } from '@sinclair/typebox';
import { problemOf } from './checker.ts';
import type { Message } from './contract.ts';
import { MessageInvalid, type MessageName } from './messaging-errors.ts';

const NOTHING: readonly string[] = ['Null', 'Void', 'Undefined'];

/** The value as its contract promises it; "no value" (null on the wire) is undefined where the contract returns nothing. */
export function fitResult(of: MessageName, message: Message, value: unknown): unknown {
  if (message.kind === 'cast' || NOTHING.includes(message.returns[Kind])) return undefined;
  const fitting = value === undefined ? null : value;
  const problem = problemOf(message.returns, fitting);
  if (problem !== undefined) throw MessageInvalid({ ...of, part: 'result', problem });
  return fitting;
}
