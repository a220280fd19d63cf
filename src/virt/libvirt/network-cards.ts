import type { Domain } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { Unplugging } from '../driver.ts';
import { networkCard } from './definition/devices.ts';
import type { GuestDomains } from './guest-domains.ts';
import { hotUnplug } from './hot-unplug.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';
import { render, type XmlElement } from './xml.ts';

export interface NetworkCardsOptions {
  readonly link: LibvirtLink;
  /** Plugging a card waits for QEMU. */
  readonly slowLink: LibvirtLink;
  readonly domains: GuestDomains;
  readonly clock: Clock;
}

/** Plugs network cards into guests and takes them out: in their definition, and in the guest itself while it runs. */
export class NetworkCards {
  readonly #options: NetworkCardsOptions;

  constructor(options: NetworkCardsOptions) {
    this.#options = options;
  }

  /** A no-op where the guest has the card. */
  async attach(serverId: ServerId, vif: Vif): Promise<void> {
    const { link, slowLink, domains } = this.#options;
    const domain = await domains.get(serverId);
    const card = render(likeFirst(networkCard(vif), await this.#xml(domain, 'config')));
    const has = async (scope: Scope) => cardIn(await this.#xml(domain, scope), vif.macAddress) !== undefined;
    const plug = (scope: Scope) =>
      slowLink.call('plug a network card into the server', (libvirt) => libvirt.attachDevice(domain, card, [scope]));
    if (!(await has('config'))) await plug('config');
    const isActive = await link.call('ask for the state of the server', (libvirt) => libvirt.isActive(domain));
    if (isActive && !(await has('live'))) await plug('live');
  }

  /** A no-op where the guest lacks the card. */
  async detach(serverId: ServerId, macAddress: string, unplugging: Unplugging): Promise<void> {
    const { link, slowLink, clock, domains } = this.#options;
    const domain = await domains.get(serverId);
    const defined = cardIn(await this.#xml(domain, 'config'), macAddress);
    if (defined !== undefined)
      await link.call('take a network card out of the server', (libvirt) => libvirt.detachDevice(domain, defined, ['config']));
    const isActive = await link.call('ask for the state of the server', (libvirt) => libvirt.isActive(domain));
    const card = { name: `the network card ${macAddress}`, in: (xml: string) => cardIn(xml, macAddress) };
    if (isActive) await hotUnplug({ link: slowLink, clock }, domain, card, unplugging);
  }

  #xml(domain: Domain, scope: Scope): Promise<string> {
    return this.#options.link.call('look at the devices of the server', (libvirt) =>
      libvirt.xml(domain, scope === 'config' ? ['inactive'] : []),
    );
  }
}

type Scope = 'config' | 'live';

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
