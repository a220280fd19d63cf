import type { ServerId } from '../../objects/ids.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { Unplugging } from '../driver.ts';
import { networkCard } from './definition/devices.ts';
import type { HotDevice } from './hot-unplug.ts';
import type { Plugs } from './plugs.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';
import { render, type XmlElement } from './xml.ts';

/** Plugs network cards into guests and takes them out. */
export class NetworkCards {
  readonly #plugs: Plugs;

  constructor(plugs: Plugs) {
    this.#plugs = plugs;
  }

  /** A no-op where the guest has the card. */
  attach(serverId: ServerId, vif: Vif): Promise<void> {
    return this.#plugs.attach(serverId, card(vif.macAddress), (definition) => render(likeFirst(networkCard(vif), definition)));
  }

  /** A no-op where the guest lacks the card. */
  detach(serverId: ServerId, macAddress: string, unplugging: Unplugging): Promise<void> {
    return this.#plugs.detach(serverId, card(macAddress), unplugging);
  }
}

const card = (macAddress: string): HotDevice => ({ name: `the network card ${macAddress}`, in: (xml) => cardIn(xml, macAddress) });

/** A card of the kind of the guest's first one: a guest may have no driver for another, and its flavor limits each. */
export const likeFirst = (card: XmlElement, definition: string): XmlElement => {
  const [first] = cardsIn(definition);
  if (!first) return card;
  const kind = KIND.flatMap((name) => elementAt(first, name) ?? []);
  const own = card.children.filter((child) => typeof child === 'string' || !KIND.includes(child.name));
  return { ...card, children: [...own, ...kind] };
};

/** What says which kind of card a card is. */
const KIND: readonly string[] = ['model', 'driver', 'bandwidth'];

const cardsIn = (definition: string): readonly XmlElement[] => childrenOf(elementAt(readXml(definition), 'devices'), 'interface');

/** The element of the card with this address, to be given back to libvirt. */
export const cardIn = (xml: string, macAddress: string): string | undefined => {
  const card = cardsIn(xml).find((one) => attributeOf(elementAt(one, 'mac'), 'address')?.toLowerCase() === macAddress.toLowerCase());
  return card && render(card);
};
