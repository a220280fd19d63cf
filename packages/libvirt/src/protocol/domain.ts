import { LibvirtError } from '../libvirt-error.ts';
import { int, string, struct, type Codec, type Received } from '../xdr/codec.ts';

const uuidBytes = 16;
const uuidShape = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** A UUID: sixteen bytes on the wire, lower case with dashes here. */
export const uuid: Codec<string> = {
  write: (writer, value) => {
    if (!uuidShape.test(value)) throw new LibvirtError('invalid-arg', `"${value}" is not a UUID.`);
    writer.fixed(Buffer.from(value.replaceAll('-', ''), 'hex'));
  },
  read: (reader) =>
    reader
      .fixed(uuidBytes)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
};

/** How libvirt refers to a guest. A plain value: `id` is a snapshot, -1 if the guest was not running then. */
export const domain = struct({ name: string, uuid, id: int });

/** A guest as libvirt refers to it; calls accept a stale value, since libvirt identifies the guest by its uuid. */
export type Domain = Received<typeof domain>;
