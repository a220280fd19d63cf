// A server's image and flavor in answers, in the shape of each version.
import { type Static, Type as t } from '@sinclair/typebox';
import { field, variants, type View } from '../../../../lib/versioning/resource.ts';
import { v } from '../../../../microversions.ts';
import { namedImage, type Server } from '../../../../objects/server.ts';
import { links } from '../wire.ts';

const linked = t.Object({ id: t.String(), links }, { additionalProperties: false });
const linkedWithProperties = t.Object(
  { ...linked.properties, properties: t.Record(t.String(), t.String()) },
  { additionalProperties: false },
);

const embeddedFlavor = t.Object(
  {
    vcpus: t.Integer(),
    ram: t.Integer(),
    disk: t.Integer(),
    ephemeral: t.Integer(),
    swap: t.Integer(),
    original_name: t.String(),
    extra_specs: t.Optional(t.Record(t.String(), t.String())),
  },
  { additionalProperties: false },
);

/** The policy rule for showing extra specs of a flavor. */
const EXTRA_SPECS = 'os_compute_api:os-flavor-extra-specs:index';

function imageLink(server: Server, { bookmarkUrl }: View): '' | Static<typeof linked> {
  const image = namedImage(server);
  return image === null ? '' : { id: image.id, links: [{ rel: 'bookmark', href: `${bookmarkUrl}/images/${image.id}` }] };
}

/** The image: a link, in newer versions with its properties; an empty text without an image. */
export const imageField = variants<Server>(
  field(t.Union([t.Literal(''), linked]), imageLink, { until: v.imageProperties }),
  field(
    t.Union([t.Literal(''), linkedWithProperties]),
    (server, view) => {
      const link = imageLink(server, view);
      return link === '' ? link : { ...link, properties: { ...server.image?.properties } };
    },
    { since: v.imageProperties },
  ),
);

/** The flavor: a link in old versions, later a copy from the server's creation. */
export const flavorField = variants<Server>(
  field(
    linked,
    ({ flavor }, { bookmarkUrl }) => ({ id: flavor.id, links: [{ rel: 'bookmark', href: `${bookmarkUrl}/flavors/${flavor.id}` }] }),
    { until: v.embeddedFlavor },
  ),
  field(
    embeddedFlavor,
    ({ flavor }, { may }) => ({
      vcpus: flavor.vcpus,
      ram: flavor.ramMb,
      disk: flavor.rootGb,
      ephemeral: flavor.ephemeralGb,
      swap: flavor.swapMb,
      original_name: flavor.name,
      ...(may(EXTRA_SPECS) ? { extra_specs: flavor.extraSpecs } : {}),
    }),
    { since: v.embeddedFlavor, partPolicy: EXTRA_SPECS },
  ),
);
