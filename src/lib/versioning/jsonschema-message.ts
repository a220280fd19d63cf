// Words validation errors as Python's jsonschema does, because clients of this API expect that text.
import type { TSchema } from '@sinclair/typebox';
import type { ErrorObject } from 'ajv';
import { firstError, tokensOf } from './first-error.ts';
import { isSecretKey, pythonRepr, pythonStr } from './python-repr.ts';

/** The sentence for a refused body: "Invalid input for field/attribute server. Value: {...}. 'name' is a required property". */
export function bodyMessage(schema: TSchema, errors: readonly ErrorObject[]): string {
  const error = firstError(schema, errors);
  return error ? sentence('field/attribute', tokensOf(error.instancePath).at(-1), error, errors) : 'Invalid input';
}

/** The sentence for refused query parameters; it does not name the index in a list of repeated parameters. */
export function queryMessage(schema: TSchema, errors: readonly ErrorObject[]): string {
  const error = firstError(schema, errors);
  return error ? sentence('query parameters', tokensOf(error.instancePath).at(0), error, errors) : 'Invalid input';
}

function sentence(where: string, path: string | undefined, error: ErrorObject, all: readonly ErrorObject[]): string {
  if (path === undefined) return jsonschemaMessage(error, all);
  const shown = isSecretKey(path) ? { ...error, data: '***' } : error;
  return `Invalid input for ${where} ${path}. Value: ${pythonStr(shown.data)}. ${jsonschemaMessage(shown, all)}`;
}

/** The error without its location; `all` lets errors about one object share a sentence. */
export function jsonschemaMessage(error: ErrorObject, all: readonly ErrorObject[] = [error]): string {
  if (error.keyword === 'additionalProperties') return unexpected(error, all);
  const word = WORDING[error.keyword];
  return `${pythonRepr(subject(error))} ${word ? word(error) : 'is not valid under the given schema'}`;
}

/** The subject of the sentence: the value, the missing key, or the only allowed value. */
const subject = ({ keyword, params, data, schema }: ErrorObject): unknown => {
  if (keyword === 'required') return params['missingProperty'];
  if (keyword === 'propertyNames') return params['propertyName'];
  return keyword === 'const' ? schema : data;
};

const unlikeAny = () => 'is not valid under any of the given schemas';

const WORDING: Readonly<Record<string, (error: ErrorObject) => string>> = {
  type: ({ schema }) => `is not of type ${[schema].flat().map(pythonRepr).join(', ')}`,
  required: () => 'is a required property',
  enum: ({ schema }) => `is not one of ${pythonRepr(schema)}`,
  const: () => 'was expected',
  format: ({ schema }) => `is not a ${pythonRepr(schema)}`,
  pattern: ({ schema }) => `does not match ${pythonRepr(schema)}`,
  minLength: () => 'is too short',
  maxLength: () => 'is too long',
  minItems: () => 'is too short',
  maxItems: () => 'is too long',
  uniqueItems: () => 'has non-unique elements',
  minProperties: () => 'does not have enough properties',
  maxProperties: () => 'has too many properties',
  minimum: ({ schema }) => `is less than the minimum of ${pythonRepr(schema)}`,
  maximum: ({ schema }) => `is greater than the maximum of ${pythonRepr(schema)}`,
  exclusiveMinimum: ({ schema }) => `is less than or equal to the minimum of ${pythonRepr(schema)}`,
  exclusiveMaximum: ({ schema }) => `is greater than or equal to the maximum of ${pythonRepr(schema)}`,
  multipleOf: ({ schema }) => `is not a multiple of ${pythonRepr(schema)}`,
  anyOf: unlikeAny,
  oneOf: unlikeAny,
  not: ({ schema }) => `should not be valid under ${pythonRepr(schema)}`,
  propertyNames: () => 'is not a valid key',
};

/** All unknown keys of one object in one sentence. */
function unexpected(error: ErrorObject, all: readonly ErrorObject[]): string {
  const same = all.filter(({ instancePath, schemaPath }) => instancePath === error.instancePath && schemaPath === error.schemaPath);
  const keys = same.map(({ params }) => String(params['additionalProperty']));
  const several = keys.length > 1;
  const patterns = Object.keys(error.parentSchema?.['patternProperties'] ?? {});
  if (patterns.length > 0) {
    return `${list(keys.toSorted())} ${several ? 'do' : 'does'} not match any of the regexes: ${list(patterns.toSorted())}`;
  }
  return `Additional properties are not allowed (${list(keys)} ${several ? 'were' : 'was'} unexpected)`;
}

const list = (texts: readonly string[]): string => texts.map(pythonRepr).join(', ');
