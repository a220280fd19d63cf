import { resolve } from 'node:path';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import { attributeOf, elementAt, readXml } from './read-xml.ts';
import { element, type XmlElement } from './xml.ts';

// The mark by which a driver recognises its own guests in libvirtd. It never touches the guests of others, even of another cloud.

const NAMESPACE = 'https://nova-ts.example/xmlns/libvirt/1';

/** The metadata of a guest: its server id, and the directory of its driver. */
export const serverMark = (
  guest: Pick<GuestSpec, 'serverId' | 'displayName' | 'projectId' | 'userId' | 'flavor'>,
  home: string,
): XmlElement =>
  element(
    'nova:server',
    { 'xmlns:nova': NAMESPACE, home: resolve(home), id: guest.serverId },
    element('nova:name', {}, guest.displayName),
    element('nova:owner', { project: guest.projectId, user: guest.userId }),
    element('nova:flavor', {}, guest.flavor.name),
  );

/** Whether a guest's definition, as libvirt returns it, has the mark of the driver with this directory. */
export const bearsMark = (definition: string, home: string): boolean => {
  const mark = elementAt(readXml(definition), 'metadata', 'nova:server');
  return attributeOf(mark, 'xmlns:nova') === NAMESPACE && attributeOf(mark, 'home') === resolve(home);
};
