import { resolve } from 'node:path';
import type { GuestSpec } from '../../objects/guest-spec.ts';
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
  // Only a real tag can match: elsewhere `<` is escaped.
  const tag = /<nova:server\s[^>]*>/.exec(definition)?.[0] ?? '';
  return attribute(tag, 'xmlns:nova') === NAMESPACE && attribute(tag, 'home') === resolve(home);
};

/** libvirt returns attributes with its own quoting and escaping: non-ASCII characters as numeric references. */
const attribute = (tag: string, name: string): string | undefined => {
  const [, double, single] = new RegExp(`\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(tag) ?? [];
  return (double ?? single)?.replaceAll(/&(#x?)?(\w+);/gi, (_, numeric: string | undefined, word: string) => characterOf(numeric, word));
};

const characterOf = (numeric: string | undefined, word: string): string =>
  numeric === undefined ? (entities[word] ?? `&${word};`) : String.fromCodePoint(Number.parseInt(word, numeric === '#' ? 10 : 16));

const entities: Readonly<Record<string, string>> = { quot: '"', apos: "'", lt: '<', gt: '>', amp: '&' };
