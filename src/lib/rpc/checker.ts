/** Checks of values against TypeBox schemas, compiled by ajv at first use: a service compiles only the messages it sees. */
import type { TSchema } from '@sinclair/typebox';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { memoize } from '../memo/memoize.ts';

// TypeBox's own compiler lets `t.Unsafe` (our branded ids) pass unchecked; ajv reads the plain JSON Schema below it.
const ajv = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false });
const checkOf = memoize((schema: TSchema): ValidateFunction => ajv.compile(schema));

/** What is wrong with the value, as a short phrase; undefined when it fits. */
export function problemOf(schema: TSchema, value: unknown): string | undefined {
  const check = checkOf(schema);
  if (check(value)) return undefined;
  const [first] = check.errors ?? [];
  return first ? `${first.instancePath || 'the value'} ${first.message ?? 'is wrong'}` : 'the value is wrong';
}
