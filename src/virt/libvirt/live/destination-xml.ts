import type { Vif } from '../../../objects/network-info.ts';

/** Where the files of a guest are on a host. */
export interface Whereabouts {
  /** The directory of its driver, which is in its mark. */
  readonly home: string;
  /** Its own directory. */
  readonly directory: string;
  /** The image cache. */
  readonly images: string;
}

/**
 * The definition of a guest, as libvirt wrote it, for the host that the guest comes to: its files and its network cards there. All that
 * the guest itself sees stays, or libvirt would refuse it.
 */
export function destinationXml(xml: string, from: Whereabouts, to: Whereabouts, vifs: readonly Vif[]): string {
  const moved = xml
    .replaceAll(/(<(?:source|log) file=)(['"])([^'"]*)\2/g, (_, start: string, quote: string, path: string) => {
      return `${start}${quote}${pathThere(path, from, to)}${quote}`;
    })
    .replaceAll(/<(kernel|initrd)>([^<]*)</g, (_, name: string, path: string) => `<${name}>${pathThere(path, from, to)}<`)
    .replace(/(<nvram(?: [^>]*)?>)([^<]*)</, (_, start: string, path: string) => `${start}${pathThere(path, from, to)}<`)
    .replace(
      /(<nova:server\s[^>]*?\bhome=)(['"])[^'"]*\2/,
      (_, start: string, quote: string) => `${start}${quote}${escaped(to.home)}${quote}`,
    );
  return moved.replaceAll(/<interface type=['"]bridge['"]>[^]*?<\/interface>/g, (card) => cardThere(card, vifs));
}

function pathThere(written: string, from: Whereabouts, to: Whereabouts): string {
  for (const [here, there] of [
    [from.directory, to.directory],
    [from.images, to.images],
  ] as const)
    if (written.startsWith(`${escaped(here)}/`)) return escaped(there) + written.slice(escaped(here).length);
  return written;
}

/** The card of the vif with its hardware address, on the bridge and with the tap that it has there. */
function cardThere(card: string, vifs: readonly Vif[]): string {
  const mac = /<mac address=['"]([^'"]*)['"]/.exec(card)?.[1]?.toLowerCase();
  const vif = vifs.find(({ macAddress }) => macAddress.toLowerCase() === mac);
  if (!vif) return card;
  return card
    .replace(/<source bridge=['"][^'"]*['"]/, `<source bridge='${escaped(vif.bridge)}'`)
    .replace(/<target dev=['"][^'"]*['"]/, `<target dev='${escaped(vif.tap)}'`);
}

/** As text of an attribute or element. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&apos;').replaceAll('"', '&quot;');
