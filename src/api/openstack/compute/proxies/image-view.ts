/** Images as compute showed them, until clients asked the image service themselves. */
import { Type as t } from '@sinclair/typebox';
import type { ShownImage } from '../../../../compute/proxies/proxied-images-api.ts';
import type { ImageStatus } from '../../../../image/image.ts';
import { field, omit, resource } from '../../../../lib/versioning/resource.ts';
import { nullable, stringEnum, strictObject } from '../../../../lib/versioning/schema.ts';
import { isYes } from '../../../../operations/wire/words.ts';
import { links, linksTo, seconds } from '../wire.ts';

/** The status of an image here, and how much of it has arrived, in percent. */
export const shownStatuses: Readonly<Record<ImageStatus, { readonly status: string; readonly progress: number }>> = {
  queued: { status: 'SAVING', progress: 25 },
  saving: { status: 'SAVING', progress: 50 },
  active: { status: 'ACTIVE', progress: 100 },
  deactivated: { status: 'UNKNOWN', progress: 0 },
};

const uuid = t.String({ format: 'uuid' });
const text = nullable(t.String());
const time = t.String({ format: 'date-time' });
const imageLinks = t.Array(t.Object({ rel: t.String(), href: t.String(), type: t.Optional(t.String()) }, { additionalProperties: false }));

const summary = {
  id: field(uuid, ({ image }: ShownImage) => image.id),
  name: field(text, ({ image }: ShownImage) => image.name),
  links: field(imageLinks, ({ image, alternate }: ShownImage, view) => [
    ...linksTo(`images/${image.id}`, view),
    { rel: 'alternate', type: 'application/vnd.openstack.image', href: alternate },
  ]),
};

/** An image in the short list. */
export const imageSummary = resource<ShownImage>()('image', summary);

/** An image in full; its properties are called metadata here. */
export const imageView = resource<ShownImage>()('image', {
  ...summary,
  created: field(time, ({ image }) => seconds(image.createdAt)),
  updated: field(time, ({ image }) => seconds(image.updatedAt)),
  status: field(t.String(), ({ image }) => shownStatuses[image.status].status),
  progress: field(t.Integer(), ({ image }) => shownStatuses[image.status].progress),
  minDisk: field(t.Integer(), ({ image }) => image.minDiskGb),
  minRam: field(t.Integer(), ({ image }) => image.minRamMb),
  metadata: field(t.Record(t.String(), t.String()), ({ image }) => ({ ...image.properties })),
  'OS-EXT-IMG-SIZE:size': field(t.Integer(), ({ image }) => image.sizeBytes ?? 0),
  // The server that the image was made from.
  server: field(t.Optional(strictObject({ id: t.String(), links })), ({ image }, view) => {
    const id = image.properties['instance_uuid'];
    return id === undefined ? omit : { id, links: linksTo(`servers/${id}`, view) };
  }),
  'OS-DCF:diskConfig': field(t.Optional(stringEnum(['AUTO', 'MANUAL'])), ({ image }) => {
    const isAutomatic = image.properties['auto_disk_config'];
    if (isAutomatic === undefined) return omit;
    return isYes(isAutomatic) ? 'AUTO' : 'MANUAL';
  }),
});
