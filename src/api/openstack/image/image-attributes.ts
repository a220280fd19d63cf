/** The attributes of an image, declared once: bodies, answers, updates and the published schema derive from these tables. */
import { type TSchema, Type as t } from '@sinclair/typebox';
import { diskFormats } from '../../../image/formats/inspect.ts';
import { containerFormats, imageStatuses, visibilities } from '../../../image/image.ts';
import { nullable, stringEnum } from '../../../lib/versioning/schema.ts';

const UUID = '^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$';
const amount = (description: string) => t.Integer({ minimum: 0, maximum: 2_147_483_647, description });
const described = <T extends TSchema>(schema: T, description: string): T => ({ ...schema, description });

/** An id from a client, in upper or lower case. */
export const uuidText = (description: string) => t.String({ pattern: UUID, description });

/** Attributes that clients set. */
export const settable = {
  id: uuidText('An identifier for the image'),
  name: described(nullable(t.String({ maxLength: 255 })), 'Descriptive name for the image'),
  owner: t.String({ minLength: 1, maxLength: 255, description: 'Owner of the image' }),
  visibility: described(stringEnum(visibilities), 'Scope of image accessibility'),
  protected: t.Boolean({ description: 'If true, image will not be deletable.' }),
  os_hidden: t.Boolean({ description: 'If true, image will not appear in default image list response.' }),
  disk_format: described(nullable(stringEnum(diskFormats)), 'Format of the disk'),
  container_format: described(nullable(stringEnum(containerFormats)), 'Format of the container'),
  min_disk: amount('Amount of disk space (in GB) required to boot image.'),
  min_ram: amount('Amount of ram (in MB) required to boot image.'),
  tags: t.Array(t.String({ maxLength: 255 }), { description: 'List of strings related to the image' }),
};

/** Read-only attributes, set by the service. */
export const readable = {
  status: described(stringEnum(imageStatuses), 'Status of the image'),
  size: described(nullable(t.Integer()), 'Size of image file in bytes'),
  virtual_size: described(nullable(t.Integer()), 'Virtual size of image in bytes'),
  checksum: described(nullable(t.String({ maxLength: 32 })), 'md5 hash of image contents.'),
  os_hash_algo: described(nullable(t.String({ maxLength: 64 })), 'Algorithm to calculate the os_hash_value'),
  os_hash_value: described(
    nullable(t.String({ maxLength: 128 })),
    'Hexdigest of the image contents using the algorithm specified by the os_hash_algo',
  ),
  created_at: t.String({ description: 'Date and time of image registration' }),
  updated_at: t.String({ description: 'Date and time of the last image modification' }),
  self: t.String({ description: 'An image self url' }),
  file: t.String({ description: 'An image file url' }),
  schema: t.String({ description: 'An image schema url' }),
};

/** Well-known properties; owners are free to add others. */
export const knownProperties = {
  architecture: t.String({ description: 'Operating system architecture' }),
  os_distro: t.String({ description: 'Common name of operating system distribution' }),
  os_version: t.String({ description: 'Operating system version as specified by the distributor.' }),
  kernel_id: nullable(uuidText('ID of image that should be used as the kernel when booting an AMI-style image.')),
  ramdisk_id: nullable(uuidText('ID of image that should be used as the ramdisk when booting an AMI-style image.')),
  instance_uuid: t.String({ description: 'The server that this image is associated with. (Informational only.)' }),
};

/** A property's value. */
export const propertyValue = t.String({ maxLength: 65_535 });

/** Names reserved for the service, here or in other clouds that an image moves to. */
const RESERVED = ['direct_url', 'locations', 'stores', 'deleted', 'deleted_at'];
const RESERVED_PREFIX = 'os_glance';

/** Whether clients may set this name, and if not, why. */
export function standingOf(attribute: string): 'settable' | 'property' | 'read-only' | 'reserved' {
  if (Object.hasOwn(settable, attribute)) return 'settable';
  if (Object.hasOwn(readable, attribute)) return 'read-only';
  return RESERVED.includes(attribute) || attribute.startsWith(RESERVED_PREFIX) ? 'reserved' : 'property';
}
