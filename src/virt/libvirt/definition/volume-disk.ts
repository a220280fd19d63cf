import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { GuestVolume } from '../../../objects/guest-volume.ts';
import { HypervisorFailed } from '../../errors.ts';
import { attributeOf, elementAt, textIn } from '../read-xml.ts';
import { element, type XmlElement } from '../xml.ts';

const nbd = t.Object({
  type: t.Literal('nbd'),
  data: t.Object({ socket: t.String(), export: t.String(), qos_specs: t.Optional(t.Record(t.String(), t.String())) }),
});

/** The disk of a volume; its name says on which bus it is. */
export function volumeDisk({ volumeId, device, isReadOnly, isShared, connection }: GuestVolume): XmlElement {
  if (!Value.Check(nbd, connection)) throw HypervisorFailed({ what: `connect a volume by ${connection.type}` });
  const dev = diskNameOf({ device });
  return element(
    'disk',
    { type: 'network', device: 'disk' },
    element('driver', { name: 'qemu', type: 'raw', cache: 'none', discard: 'unmap' }),
    element(
      'source',
      { protocol: 'nbd', name: connection.data.export },
      element('host', { transport: 'unix', socket: connection.data.socket }),
    ),
    element('target', { dev, bus: isOnScsi({ device }) ? 'scsi' : 'virtio' }),
    element('serial', {}, volumeId),
    connection.data.qos_specs &&
      element(
        'iotune',
        {},
        Object.entries(connection.data.qos_specs).map(([name, value]) => element(name, {}, value)),
      ),
    isReadOnly ? element('readonly') : undefined,
    isShared ? element('shareable') : undefined,
  );
}

/** Its name for libvirt: `vda`. */
export const diskNameOf = ({ device }: Pick<GuestVolume, 'device'>): string => device.slice(device.lastIndexOf('/') + 1);

/** Whether the volume is a SCSI disk, which its name says. */
export const isOnScsi = (volume: Pick<GuestVolume, 'device'>): boolean => diskNameOf(volume).startsWith('sd');

/** The volume of a disk. All other disks of a guest are files. */
export const volumeOf = (disk: XmlElement): string | undefined =>
  attributeOf(disk, 'type') === 'network' ? textIn(elementAt(disk, 'serial')) : undefined;

/** The disk as it is, led to its volume by the connection that the volume has among these; without one it stays. */
export function connectedBy(disk: XmlElement, volumes: readonly GuestVolume[]): XmlElement {
  const volume = volumes.find(({ volumeId }) => volumeId === volumeOf(disk));
  const source = volume && elementAt(volumeDisk(volume), 'source');
  if (!source) return disk;
  return { ...disk, children: disk.children.map((child) => (typeof child !== 'string' && child.name === 'source' ? source : child)) };
}

/** The volume as QEMU connects to it. */
export function nbdNode({ connection }: Pick<GuestVolume, 'connection'>): object {
  if (!Value.Check(nbd, connection)) throw HypervisorFailed({ what: `connect a volume by ${connection.type}` });
  return { driver: 'nbd', server: { type: 'unix', path: connection.data.socket }, export: connection.data.export };
}
