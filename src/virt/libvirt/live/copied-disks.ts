import { volumeOf } from '../definition/volume-disk.ts';
import { attributeOf, childrenOf, elementAt, readXml } from '../read-xml.ts';

/**
 * The names of the disks whose data goes along with a guest that has volumes: both hosts reach those, and libvirt would copy them too.
 * Empty for a guest without volumes, of which libvirt copies all that is to be written.
 */
export function copiedDisks(xml: string): readonly string[] {
  const disks = childrenOf(elementAt(readXml(xml), 'devices'), 'disk');
  if (!disks.some((disk) => volumeOf(disk) !== undefined)) return [];
  return disks
    .filter((disk) => volumeOf(disk) === undefined && attributeOf(disk, 'device') === 'disk' && !elementAt(disk, 'readonly'))
    .flatMap((disk) => attributeOf(elementAt(disk, 'target'), 'dev') ?? []);
}
