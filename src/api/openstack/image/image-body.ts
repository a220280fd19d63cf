/** Images in requests: flat, with custom properties beside the base attributes. */
import { type Static, Type as t } from '@sinclair/typebox';
import type { ImageChanges, NewImage } from '../../../image/image.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';
import { knownProperties, propertyValue, settable, standingOf } from './image-attributes.ts';

/** A client may not set this attribute. */
export const AttributeForbidden = errorType(
  'AttributeForbidden',
  'forbidden',
  (p: { attribute: string; standing: 'read-only' | 'reserved' }) => `Attribute '${p.attribute}' is ${p.standing}.`,
);

const PropertyInvalid = errorType(
  'PropertyInvalid',
  'invalid',
  (p: { property: string }) =>
    `Invalid input for field/attribute ${p.property}. The value of a property is a string of up to 65535 characters, its name one of up to 255.`,
);

/** Unknown keys are properties: `propertiesOf` checks them, with a message for reserved names. */
const schema = t.Object({ ...t.Partial(t.Object({ ...settable, ...knownProperties })).properties }, { additionalProperties: t.Unknown() });

/** The body of an image to be created. */
export const newImageBody = plainBody(schema);

/** The attributes that a client may set, by their API names. */
export type ImageDocument = Static<typeof schema>;

/** Converts the body for the image service; unknown keys become properties. */
export function newImageOf(body: ImageDocument): NewImage {
  const { id, name, owner, visibility, os_hidden, disk_format, container_format, min_disk, min_ram, tags, ...rest } = body;
  const { protected: isProtected, ...properties } = rest;
  return {
    ...(id !== undefined && { id: asId<ImageId>(id.toLowerCase()) }),
    ...(name !== undefined && { name }),
    ...(owner !== undefined && { owner }),
    ...(visibility !== undefined && { visibility }),
    ...(isProtected !== undefined && { isProtected }),
    ...(os_hidden !== undefined && { isHidden: os_hidden }),
    ...(disk_format !== undefined && { diskFormat: disk_format }),
    ...(container_format !== undefined && { containerFormat: container_format }),
    ...(min_disk !== undefined && { minDiskGb: min_disk }),
    ...(min_ram !== undefined && { minRamMb: min_ram }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
    properties: propertiesOf(properties),
  };
}

/** Converts a patched document to changes: its attributes and all of its properties. */
export function changesOf(document: ImageDocument): ImageChanges {
  const { id: _fixed, ...changes } = newImageOf(document);
  return changes;
}

function propertiesOf(rest: Readonly<Record<string, unknown>>): Record<string, string> {
  for (const attribute of Object.keys(rest)) checkSayable(attribute);
  return Object.fromEntries(
    Object.entries(rest).flatMap(([property, value]) => {
      // The schema has refused null for the others that it knows.
      if (value === null && Object.hasOwn(knownProperties, property)) return [];
      if (typeof value !== 'string' || value.length > (propertyValue.maxLength ?? 0) || property.length > 255 || property === '')
        throw PropertyInvalid({ property: property.slice(0, 255) });
      return [[property, value]];
    }),
  );
}

/** Refuses read-only attributes. */
export function checkSayable(attribute: string): void {
  const standing = standingOf(attribute);
  if (standing === 'read-only' || standing === 'reserved') throw AttributeForbidden({ attribute: attribute.slice(0, 255), standing });
}
