import { type Domain, is, type Libvirt } from '@nova-ts/libvirt';
import type { ObservedGuest } from '../../objects/host-report.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import type { PowerState } from '../../objects/states.ts';
import { GuestNotFound } from '../errors.ts';
import type { LibvirtLink } from './link.ts';
import { bearsMark } from './server-mark.ts';

// Maps libvirt domains to servers: which belong to this driver, and their power states.

/** The guests of one driver among all domains of its libvirtd. */
export class GuestDomains {
  readonly #link: LibvirtLink;
  readonly #home: string;
  /** Cache of domains known to have our mark: fetching definitions at each listing would cost one call per guest. */
  readonly #known = new Set<string>();

  constructor(link: LibvirtLink, home: string) {
    this.#link = link;
    this.#home = home;
  }

  /** The server's guest; undefined when this driver has none. */
  find(serverId: ServerId): Promise<Domain | undefined> {
    return this.#link.call('look for the server', async (libvirt) => {
      const domain = await unlessGone(libvirt.lookupByUuid(serverId));
      return domain && (await this.#isOurs(libvirt, domain)) ? domain : undefined;
    });
  }

  /** The server's guest, which must exist. */
  async get(serverId: ServerId): Promise<Domain> {
    const domain = await this.find(serverId);
    if (!domain) throw GuestNotFound({ serverId });
    return domain;
  }

  list(): Promise<readonly ObservedGuest[]> {
    return this.#link.call('list its servers', async (libvirt) => {
      const domains = await libvirt.domains();
      const present = new Set(domains.map(({ uuid }) => uuid));
      for (const uuid of this.#known) if (!present.has(uuid)) this.#known.delete(uuid);
      const observed: ObservedGuest[] = [];
      for (const domain of domains) {
        if (!(await this.#isOurs(libvirt, domain))) continue;
        const state = await unlessGone(libvirt.state(domain));
        if (state) observed.push({ serverId: asId(domain.uuid), powerState: powerStateOf(state) });
      }
      return observed;
    });
  }

  powerState(domain: Domain): Promise<PowerState> {
    const serverId = asId<ServerId>(domain.uuid);
    return this.#link.call('ask for the state of the server', async (libvirt) => {
      const state = await unlessGone(libvirt.state(domain));
      if (!state) throw GuestNotFound({ serverId });
      return powerStateOf(state);
    });
  }

  async #isOurs(libvirt: Libvirt, domain: Domain): Promise<boolean> {
    if (this.#known.has(domain.uuid)) return true;
    const definition = await unlessGone(libvirt.xml(domain, ['inactive']));
    const isOurs = definition !== undefined && bearsMark(definition, this.#home);
    if (isOurs) this.#known.add(domain.uuid);
    return isOurs;
  }
}

/** The result of a call; undefined when the guest is gone, or the id is not one that libvirt accepts. */
const unlessGone = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (is(error, 'no-domain', 'invalid-arg')) return undefined;
    throw error;
  }
};

type LibvirtState = Awaited<ReturnType<Libvirt['state']>>;

/** Reasons for which libvirt itself briefly pauses a guest. */
const PASSING = new Set(['starting-up', 'migration', 'save', 'dump', 'snapshot', 'postcopy']);

/** Maps libvirt's states to power states. A guest saved to disk counts as shut off. */
export const powerStateOf = ({ state, reason }: LibvirtState): PowerState => {
  switch (state) {
    case 'running':
    case 'blocked':
      return 'running';
    case 'paused':
      return PASSING.has(reason) ? 'running' : 'paused';
    case 'shutdown':
      return 'running';
    case 'shutoff':
      return reason === 'crashed' ? 'crashed' : 'shutdown';
    case 'crashed':
      return 'crashed';
    case 'pm-suspended':
      return 'suspended';
    case 'no-state':
    case 'unknown':
      return 'pending';
  }
};
