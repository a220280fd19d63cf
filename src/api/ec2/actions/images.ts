import type { Image } from '../../../image/image.ts';
import type { XmlValue } from '../../../lib/xml/write-xml.ts';
import { type Ec2Action, setOf } from '../action.ts';
import { type FilterTable, passing } from '../wire/filters.ts';
import { ec2IdOf, imagesNamed, imagesOf, kindOf } from '../wire/images.ts';
import { pageOf } from '../wire/paging.ts';

const TYPES = { ami: 'machine', aki: 'kernel', ari: 'ramdisk' } as const;

const stateOf = ({ status }: Image): string => (status === 'active' ? 'available' : status === 'deactivated' ? 'disabled' : 'pending');

const isPublic = ({ visibility }: Image): boolean => visibility === 'public';

const architectureOf = ({ properties }: Image): string => properties['architecture'] ?? 'x86_64';

const filters: FilterTable<Image> = {
  architecture: architectureOf,
  description: ({ properties }) => properties['description'],
  'image-id': ec2IdOf,
  'image-type': (image) => TYPES[kindOf(image)],
  'is-public': (image) => String(isPublic(image)),
  name: ({ name }) => name,
  'owner-id': ({ owner }) => owner,
  state: stateOf,
};

const tagsOf = ({ tags }: Image) => Object.fromEntries(tags.map((tag) => [tag, '']));

const imageView = (image: Image): XmlValue => ({
  imageId: ec2IdOf(image),
  imageLocation: `${image.owner}/${image.name ?? image.id}`,
  imageState: stateOf(image),
  imageOwnerId: image.owner,
  creationDate: image.createdAt,
  isPublic: isPublic(image),
  productCodes: null,
  architecture: architectureOf(image),
  imageType: TYPES[kindOf(image)],
  name: image.name ?? '',
  description: image.properties['description'],
  rootDeviceType: 'instance-store',
  rootDeviceName: image.properties['root_device_name'] ?? '/dev/vda',
  blockDeviceMapping: null,
  virtualizationType: 'hvm',
  tagSet: setOf(image.tags.map((key) => ({ key, value: '' }))),
});

export const imageActions: readonly Ec2Action[] = [
  {
    name: 'DescribeImages',
    summary: 'List the images.',
    policy: 'get_images',
    run: async (asked, { images }) => {
      const all = await imagesOf(asked.ctx, images);
      const ids = asked.list('ImageId');
      const owners = asked.list('Owner').map((owner) => (owner === 'self' ? asked.ctx.projectId : owner));
      const named = ids.length === 0 ? all : imagesNamed(all, ids);
      const owned = owners.length === 0 ? named : named.filter(({ owner }) => owners.includes(owner));
      const { items, nextToken } = pageOf(asked, passing(owned, asked.filters, filters, tagsOf), ec2IdOf, 'ImageId');
      return { imagesSet: setOf(items.map(imageView)), nextToken };
    },
  },
];
