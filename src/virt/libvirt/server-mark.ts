import { resolve } from 'node:path';
import type { GuestSpec } from '../../objects/guest-spec.ts';
import { element, type XmlElement } from './xml.ts';

// The mark by which a driver knows its own guests among all that a libvirtd has: those of others, even of another cloud, are not touched.

const NAMESPACE = 'https://nova-ts.example/xmlns/libvirt/1';

/** The metadata of a guest: which server it is, and the directory of the driver that it belongs to. */
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

/** Whether a guest's definition, as libvirt gives it back, bears the mark of the driver with this directory. */
export const bearsMark = (definition: string, home: string): boolean => {
  // Only an element's own tag can match: elsewhere `<` is escaped.
  const tag = /<nova:server\s[^>]*>/.exec(definition)?.[0] ?? '';
  return attribute(tag, 'xmlns:nova') === NAMESPACE && attribute(tag, 'home') === resolve(home);
};

/** libvirt writes attributes back with quotes and escapes of its own liking: letters beyond ASCII as numbers. */
const attribute = (tag: string, name: string): string | undefined => {
  const [, double, single] = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag) ?? [];
  return (double ?? single)?.replaceAll(/&(#x?)?(\w+);/gi, (_, numeric: string | undefined, word: string) => characterOf(numeric, word));
};

const characterOf = (numeric: string | undefined, word: string): string =>
  numeric === undefined ? (entities[word] ?? `&${word};`) : String.fromCodePoint(Number.parseInt(word, numeric === '#' ? 10 : 16));

const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
