import { type Static, Type as t } from '@sinclair/typebox';
import { diskFormats } from '../../../image/formats/inspect.ts';
import { containerFormats, type NewImage, visibilities } from '../../../image/image.ts';
import { errorType } from '../../../lib/errors/error-type.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { asId, type ImageId } from '../../../objects/ids.ts';

/** What only the service itself says about an image. */
const READ_ONLY = [
  'status',
  'size',
  'virtual_size',
  'checksum',
  'os_hash_algo',
  'os_hash_value',
  'created_at',
  'updated_at',
  'self',
  'file',
  'schema',
  'direct_url',
  'locations',
  'stores',
];

const MAX_PROPERTIES = 128;

/** A client may not say this. */
export const AttributeReadOnly = errorType(
  'AttributeReadOnly',
  'forbidden',
  (p: { attribute: string }) => `Attribute '${p.attribute}' is read-only.`,
);

const choice = <const T extends string>(values: readonly T[]) => t.Unsafe<T>({ type: 'string', enum: [...values] });

const schema = t.Object(
  {
    id: t.Optional(t.String({ pattern: '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$' })),
    name: t.Optional(t.Union([t.String({ maxLength: 255 }), t.Null()])),
    owner: t.Optional(t.String({ minLength: 1, maxLength: 255 })),
    visibility: t.Optional(choice(visibilities)),
    protected: t.Optional(t.Boolean()),
    os_hidden: t.Optional(t.Boolean()),
    disk_format: t.Optional(t.Union([choice(diskFormats), t.Null()])),
    container_format: t.Optional(t.Union([choice(containerFormats), t.Null()])),
    min_disk: t.Optional(t.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    min_ram: t.Optional(t.Integer({ minimum: 0, maximum: 2_147_483_647 })),
    tags: t.Optional(t.Array(t.String({ maxLength: 255 }), { maxItems: 128 })),
  },
  { additionalProperties: t.Unknown(), maxProperties: MAX_PROPERTIES },
);

/** The body of an image to be created. */
export const newImageBody = plainBody(schema);

const PropertyInvalid = errorType(
  'PropertyInvalid',
  'invalid',
  (p: { property: string }) =>
    `Invalid input for field/attribute ${p.property}. The value of a property is a string of up to 65535 characters.`,
);

/** The body as the image service takes it; whatever has no meaning of its own is a property. */
export function newImageOf(body: Static<typeof schema>): NewImage {
  const {
    id,
    name,
    owner,
    visibility,
    protected: isProtected,
    os_hidden,
    disk_format,
    container_format,
    min_disk,
    min_ram,
    tags,
    ...rest
  } = body;
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
    properties: propertiesOf(rest),
  };
}

function propertiesOf(rest: Readonly<Record<string, unknown>>): Record<string, string> {
  const attribute = Object.keys(rest).find((key) => READ_ONLY.includes(key));
  if (attribute !== undefined) throw AttributeReadOnly({ attribute });
  return Object.fromEntries(
    Object.entries(rest).map(([property, value]) => {
      if (typeof value !== 'string' || value.length > 65_535 || property.length > 255)
        throw PropertyInvalid({ property: property.slice(0, 255) });
      return [property, value];
    }),
  );
}
