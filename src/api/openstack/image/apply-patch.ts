/** Applies a patch to an image. Pure, so that it can run on the current image inside the transaction. */
import type { Image, ImageChanges } from '../../../image/image.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import { unversioned } from '../../pipeline/mount-face.ts';
import { standingOf } from './image-attributes.ts';
import { AttributeForbidden, changesOf, checkSayable, newImageBody } from './image-body.ts';
import { PatchInvalid, type PatchOperation } from './image-patch.ts';

/** Only existing properties can be replaced or removed. */
export const PropertyMissing = errorType(
  'PropertyMissing',
  'conflict',
  (p: { property: string }) => `Property ${p.property} does not exist.`,
);

/** Base attributes cannot be removed. */
export const AttributeNotRemovable = errorType(
  'AttributeNotRemovable',
  'forbidden',
  (p: { attribute: string }) => `Property ${p.attribute} may not be removed.`,
);

/** The changes made by the operations in order; the result is validated like a new image. */
export function patched(image: Image, operations: readonly PatchOperation[]): ImageChanges {
  const state: State = { properties: new Map(Object.entries(image.properties)), attributes: new Map(), tags: [...image.tags] };
  for (const operation of operations) apply(operation, state);
  if (operations.length === 0) return {};
  const document = Object.fromEntries([...state.properties, ...state.attributes]);
  return changesOf(newImageBody.parse(document, unversioned));
}

interface State {
  readonly properties: Map<string, unknown>;
  /** The fields that the patch has changed. */
  readonly attributes: Map<string, unknown>;
  readonly tags: unknown[];
}

function apply(operation: PatchOperation, state: State): void {
  const [attribute, ...inside] = operation.path;
  // The id cannot be changed.
  if (attribute === 'id') throw AttributeForbidden({ attribute, standing: 'read-only' });
  checkSayable(attribute);
  if (attribute === 'tags' && inside.length === 1) return applyToTag(operation, inside[0] ?? '', state);
  if (inside.length > 0) throw invalidPointer(operation);
  if (standingOf(attribute) === 'property') return applyToProperty(operation, attribute, state);
  if (operation.op === 'remove') throw AttributeNotRemovable({ attribute });
  state.attributes.set(attribute, operation.value);
  if (attribute === 'tags' && Array.isArray(operation.value)) state.tags.splice(0, state.tags.length, ...operation.value);
}

function applyToProperty(operation: PatchOperation, property: string, { properties }: State): void {
  if (operation.op !== 'add' && !properties.has(property)) throw PropertyMissing({ property: property.slice(0, 255) });
  if (operation.op === 'remove') properties.delete(property);
  else properties.set(property, operation.value);
}

/** Clients that diff documents patch single tags: by index, or `-` for the end. */
function applyToTag(operation: PatchOperation, step: string, { tags, attributes }: State): void {
  const isAdd = operation.op === 'add';
  const at = step === '-' && isAdd ? tags.length : /^(0|[1-9]\d{0,8})$/.test(step) ? Number(step) : undefined;
  if (at === undefined) throw invalidPointer(operation);
  if (isAdd ? at > tags.length : at >= tags.length) throw PropertyMissing({ property: `tags/${step}` });
  if (operation.op === 'remove') tags.splice(at, 1);
  else tags.splice(at, isAdd ? 0 : 1, operation.value);
  attributes.set('tags', tags);
}

const invalidPointer = ({ path }: PatchOperation) =>
  PatchInvalid({ problem: `Invalid JSON pointer for this resource: '/${path.join('/').slice(0, 255)}'` });
