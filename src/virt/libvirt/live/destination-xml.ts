import type { MovedGuest } from '../../../objects/guest-spec.ts';
import type { Vif } from '../../../objects/network-info.ts';
import { connectedBy } from '../definition/volume-disk.ts';
import { attributeOf, changed, elementAt, readXml } from '../read-xml.ts';
import { render, type XmlElement } from '../xml.ts';

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
 * The definition of a guest, as libvirt wrote it, for the host that the guest comes to: its files, its volumes and its network cards there. All that
 * the guest itself sees stays, or libvirt would refuse it.
 */
export function destinationXml(
  xml: string,
  from: Whereabouts,
  to: Whereabouts,
  { vifs, volumes = [] }: Pick<MovedGuest, 'vifs' | 'volumes'>,
): string {
  return render(
    changed(readXml(xml), (one) => {
      if (one.name === 'source' || one.name === 'log') return withFile(one, from, to);
      if (one.name === 'kernel' || one.name === 'initrd' || one.name === 'nvram')
        return { ...one, children: one.children.map((child) => (typeof child === 'string' ? pathThere(child, from, to) : child)) };
      if (one.name === 'nova:server') return withAttributes(one, { home: to.home });
      if (one.name === 'disk') return connectedBy(one, volumes);
      return one.name === 'interface' ? cardThere(one, vifs) : one;
    }),
  );
}

const withAttributes = (one: XmlElement, attributes: XmlElement['attributes']): XmlElement => ({
  ...one,
  attributes: { ...one.attributes, ...attributes },
});

function withFile(one: XmlElement, from: Whereabouts, to: Whereabouts): XmlElement {
  const file = attributeOf(one, 'file');
  return file === undefined ? one : withAttributes(one, { file: pathThere(file, from, to) });
}

function pathThere(path: string, from: Whereabouts, to: Whereabouts): string {
  for (const [here, there] of [
    [from.directory, to.directory],
    [from.images, to.images],
  ] as const)
    if (path.startsWith(`${here}/`)) return there + path.slice(here.length);
  return path;
}

/** The card of the vif with its hardware address, on the bridge and with the tap that it has there. */
function cardThere(card: XmlElement, vifs: readonly Vif[]): XmlElement {
  const mac = attributeOf(elementAt(card, 'mac'), 'address')?.toLowerCase();
  const vif = vifs.find(({ macAddress }) => macAddress.toLowerCase() === mac);
  if (!vif || attributeOf(card, 'type') !== 'bridge') return card;
  return {
    ...card,
    children: card.children.map((child) => {
      if (typeof child === 'string') return child;
      if (child.name === 'source') return withAttributes(child, { bridge: vif.bridge });
      return child.name === 'target' ? withAttributes(child, { dev: vif.tap }) : child;
    }),
  };
}
