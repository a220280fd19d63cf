// Checks values against schemas: compiled on first use, nothing coerced, nothing removed, no defaults filled in.
import type { TSchema } from '@sinclair/typebox';
import { Ajv2020, type ErrorObject, type Options, type ValidateFunction } from 'ajv/dist/2020.js';
import { errorType } from '../errors/error-type.ts';
import { formats } from './formats.ts';
import { bodyMessage, queryMessage } from './jsonschema-message.ts';
import { memoize } from '../memo/memoize.ts';

/** The client's input does not fit the schema; the message says where and why. */
export const InvalidInput = errorType('InvalidInput', 'invalid', (p: { message: string }) => p.message);

const options: Options = {
  strict: false,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  formats: { ...formats },
};

/** Stops at the first error; nearly every request needs only this one. */
const fast = new Ajv2020(options);
/** Collects all errors with their values; used only to word an error. */
const thorough = new Ajv2020({ ...options, allErrors: true, verbose: true });

const checkOf = memoize((schema: TSchema): ValidateFunction => fast.compile(schema));

/** Whether a value fits a schema. */
export const fits = (schema: TSchema, value: unknown): boolean => checkOf(schema)(value) === true;

/** Everything that is wrong with a value; empty when it fits. */
export function errorsOf(schema: TSchema, value: unknown): readonly ErrorObject[] {
  if (fits(schema, value)) return [];
  const check = thorough.compile(schema);
  check(value);
  return check.errors ?? [];
}

/** Refuses a body that does not fit. */
export function checkBody(schema: TSchema, value: unknown): void {
  if (fits(schema, value)) return;
  throw InvalidInput({ message: bodyMessage(schema, errorsOf(schema, value)) });
}

/** Refuses query parameters (each a list of strings) that do not fit. */
export function checkQuery(schema: TSchema, value: Readonly<Record<string, readonly string[]>>): void {
  if (fits(schema, value)) return;
  throw InvalidInput({ message: queryMessage(schema, errorsOf(schema, value)) });
}
