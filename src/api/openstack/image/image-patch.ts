/** Parses patches: standard JSON Patch, and the draft format of version 2.0 of this API. */
import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../lib/errors/error-type.ts';
import { HttpFault } from '../../../lib/http/http-fault.ts';
import type { RequestBody } from '../../../lib/versioning/request-body.ts';

/** One operation and its path. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: readonly [attribute: string, ...rest: string[]]; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: readonly [attribute: string, ...rest: string[]] };

/** The patch is malformed. */
export const PatchInvalid = errorType('PatchInvalid', 'invalid', (p: { problem: string }) => p.problem);

const OPERATIONS = ['add', 'replace', 'remove'] as const;
/** The media types, and the format of operations in each. */
const FORMS: Readonly<Record<string, (operation: Readonly<Record<string, unknown>>) => PatchOperation>> = {
  'application/openstack-images-v2.1-json-patch': current,
  'application/openstack-images-v2.0-json-patch': former,
};
/** More operations than an image has attributes, properties and tags. */
const MAX_OPERATIONS = 1_000;

/** The body of an update; `readPatch` parses it, because its format depends on the media type. */
export const patchBody: RequestBody<unknown> = {
  key: undefined,
  schemaAt: () => t.Array(t.Object({}), { maxItems: MAX_OPERATIONS }),
  parse: (raw) => raw,
};

/** The operations of a patch, in their order. */
export function readPatch(body: unknown, contentType: string | undefined): readonly PatchOperation[] {
  const read = FORMS[contentType?.split(';')[0]?.trim().toLowerCase() ?? ''];
  if (!read) {
    const accepted = Object.keys(FORMS).join(', ');
    throw new HttpFault(415, `An image is updated with one of: ${accepted}.`, { 'Accept-Patch': accepted });
  }
  if (!Array.isArray(body)) return refuse('Request body must be a JSON array of operation objects.');
  if (body.length > MAX_OPERATIONS) return refuse(`Request body must not hold more than ${MAX_OPERATIONS} operations.`);
  return body.map((one: unknown) => read(isObject(one) ? one : refuse('Operations must be JSON objects.')));
}

/** `{ op: 'replace', path: '/name', value: 'x' }`. */
function current({ op, path, ...rest }: Readonly<Record<string, unknown>>): PatchOperation {
  const known = OPERATIONS.find((each) => each === op);
  if (known === undefined) return refuse(`Unable to find 'op' in JSON Schema change. It must be one of: ${OPERATIONS.join(', ')}.`);
  return operation(known, path, rest);
}

/** `{ replace: '/name', value: 'x' }`. */
function former(given: Readonly<Record<string, unknown>>): PatchOperation {
  const named = OPERATIONS.filter((each) => Object.hasOwn(given, each));
  const [op] = named;
  if (op === undefined || named.length > 1)
    return refuse(`Operation objects must contain exactly one member named ${OPERATIONS.join(', ')}.`);
  return operation(op, given[op], given);
}

function operation(op: PatchOperation['op'], pointer: unknown, rest: Readonly<Record<string, unknown>>): PatchOperation {
  const path = readPointer(pointer);
  if (op === 'remove') return { op, path };
  if (!Object.hasOwn(rest, 'value')) return refuse(`Operation "${op}" requires a member named "value".`);
  return { op, path, value: rest['value'] };
}

/** The steps of a JSON pointer. */
function readPointer(pointer: unknown): readonly [string, ...string[]] {
  if (typeof pointer !== 'string') return refuse(`Invalid JSON pointer 'path': it must be a string such as "/name".`);
  const shown = pointer.slice(0, 255);
  if (!pointer.startsWith('/')) return refuse(`Pointer \`${shown}\` does not start with "/".`);
  if (/~(?![01])/.test(pointer)) return refuse(`Pointer \`${shown}\` contains "~" not part of a recognized escape sequence.`);
  const [first = '', ...rest] = pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  if ([first, ...rest].includes('')) return refuse(`Pointer \`${shown}\` has an empty step.`);
  return [first, ...rest];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function refuse(problem: string): never {
  throw PatchInvalid({ problem });
}
