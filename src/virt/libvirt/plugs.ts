import type { Domain } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Unplugging } from '../driver.ts';
import type { GuestDomains } from './guest-domains.ts';
import { type HotDevice, hotUnplug } from './hot-unplug.ts';
import type { LibvirtLink } from './link.ts';

export interface PlugsOptions {
  readonly link: LibvirtLink;
  /** Plugging a device waits for QEMU. */
  readonly slowLink: LibvirtLink;
  readonly domains: GuestDomains;
  readonly clock: Clock;
}

/** Plugs devices into guests and takes them out: in their definition, and in the guest itself while it runs. */
export class Plugs {
  readonly #options: PlugsOptions;

  constructor(options: PlugsOptions) {
    this.#options = options;
  }

  /** A no-op where the guest has the device; `elementFor` makes it for a guest of this definition. */
  async attach(serverId: ServerId, device: HotDevice, elementFor: (definition: string) => string): Promise<void> {
    const { slowLink, domains } = this.#options;
    const domain = await domains.get(serverId);
    const definition = await this.#xml(domain, 'config');
    const added = elementFor(definition);
    const plug = (scope: Scope) =>
      slowLink.call(`plug ${device.name} into the server`, (libvirt) => libvirt.attachDevice(domain, added, [scope]));
    if (device.in(definition) === undefined) await plug('config');
    if ((await this.#isActive(domain)) && device.in(await this.#xml(domain, 'live')) === undefined) await plug('live');
  }

  /** A no-op where the guest lacks the device. */
  async detach(serverId: ServerId, device: HotDevice, unplugging: Unplugging): Promise<void> {
    const { link, slowLink, clock, domains } = this.#options;
    const domain = await domains.get(serverId);
    const defined = device.in(await this.#xml(domain, 'config'));
    if (defined !== undefined)
      await link.call(`take ${device.name} out of the server`, (libvirt) => libvirt.detachDevice(domain, defined, ['config']));
    if (await this.#isActive(domain)) await hotUnplug({ link: slowLink, clock }, domain, device, unplugging);
  }

  /** Changes devices for the next starts of the guest alone. */
  async redefine(
    serverId: ServerId,
    { gone, changed, added }: { readonly gone: readonly string[]; readonly changed: readonly string[]; readonly added: readonly string[] },
  ): Promise<void> {
    const domain = await this.#options.domains.get(serverId);
    await this.#options.link.call('change the devices of the server', async (libvirt) => {
      for (const one of gone) await libvirt.detachDevice(domain, one, ['config']);
      for (const one of changed) await libvirt.updateDevice(domain, one, ['config']);
      for (const one of added) await libvirt.attachDevice(domain, one, ['config']);
    });
  }

  /** The XML of the guest for its next starts and, if it runs, as it is now. */
  async definitions(serverId: ServerId): Promise<readonly string[]> {
    const domain = await this.#options.domains.get(serverId);
    const defined = await this.#xml(domain, 'config');
    return (await this.#isActive(domain)) ? [defined, await this.#xml(domain, 'live')] : [defined];
  }

  #isActive(domain: Domain): Promise<boolean> {
    return this.#options.link.call('ask for the state of the server', (libvirt) => libvirt.isActive(domain));
  }

  #xml(domain: Domain, scope: Scope): Promise<string> {
    return this.#options.link.call('look at the devices of the server', (libvirt) =>
      libvirt.xml(domain, scope === 'config' ? ['inactive'] : []),
    );
  }
}

type Scope = 'config' | 'live';
