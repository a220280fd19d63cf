import { type Domain, is } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { PowerState } from '../../objects/states.ts';
import type { Patience } from '../driver.ts';
import { GuestInWrongState } from '../errors.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { LibvirtLink } from './link.ts';

/** A booting guest ignores the power button, so it is pressed again at this interval. */
const PRESS_AGAIN_MS = 10_000;

/** Starts, stops, pauses and suspends guests. */
export class GuestPower {
  readonly #link: LibvirtLink;
  readonly #slowLink: LibvirtLink;
  readonly #domains: GuestDomains;
  readonly #clock: Clock;

  constructor(options: { link: LibvirtLink; slowLink: LibvirtLink; domains: GuestDomains; clock: Clock }) {
    this.#link = options.link;
    this.#slowLink = options.slowLink;
    this.#domains = options.domains;
    this.#clock = options.clock;
  }

  async on(serverId: ServerId): Promise<void> {
    const domain = await this.#domains.get(serverId);
    if (await this.#isActive(domain)) await this.unpause(serverId);
    else await this.start(domain);
  }

  async off(serverId: ServerId, patience: Patience): Promise<void> {
    const domain = await this.#domains.get(serverId);
    if (!(await this.#isActive(domain))) return;
    // A paused guest cannot shut itself down.
    const isFrozen = (await this.#domains.powerState(domain)) === 'paused';
    if (isFrozen || !(await this.#askToStop(domain, patience))) await this.cut(domain);
  }

  async softReboot(serverId: ServerId, patience: Patience): Promise<void> {
    const domain = await this.#inState(serverId, ['running']);
    if (!(await this.#askToStop(domain, patience))) await this.cut(domain);
    await this.start(domain);
  }

  async hardReboot(serverId: ServerId): Promise<void> {
    const domain = await this.#domains.get(serverId);
    await this.cut(domain);
    // A reboot discards saved memory.
    await this.start(domain, ['force-boot']);
  }

  async pause(serverId: ServerId): Promise<void> {
    const domain = await this.#inState(serverId, ['running', 'paused']);
    await this.#link.call('pause the server', (libvirt) => libvirt.suspend(domain));
  }

  async unpause(serverId: ServerId): Promise<void> {
    const domain = await this.#inState(serverId, ['running', 'paused']);
    if ((await this.#domains.powerState(domain)) === 'paused')
      await this.#link.call('unpause the server', (libvirt) => libvirt.resume(domain));
  }

  async suspend(serverId: ServerId): Promise<void> {
    const domain = await this.#domains.get(serverId);
    if (!(await this.#isActive(domain))) {
      const isSaved = await this.#link.call('look for the memory of the server', (libvirt) => libvirt.hasManagedSave(domain));
      if (!isSaved) throw GuestInWrongState({ serverId, state: 'shutdown', wanted: 'running' });
    } else await this.#slowLink.call('save the memory of the server', (libvirt) => libvirt.managedSave(domain, ['running']));
  }

  async injectNmi(serverId: ServerId): Promise<void> {
    const domain = await this.#inState(serverId, ['running', 'paused']);
    await this.#link.call('inject an interrupt into the server', (libvirt) => libvirt.injectNmi(domain));
  }

  /** Starts a guest from its saved memory if any, else from its disk; a no-op when it runs. */
  async start(domain: Domain, flags: readonly 'force-boot'[] = []): Promise<void> {
    if (await this.#isActive(domain)) return;
    await this.#slowLink.call('start the server', (libvirt) => libvirt.create(domain, flags));
  }

  /** Cuts the power; a no-op when the guest does not run. */
  async cut(domain: Domain): Promise<void> {
    await this.#slowLink.call('cut the power of the server', (libvirt) => unlessOff(libvirt.destroy(domain)));
  }

  async #askToStop(domain: Domain, { graceMs, signal }: Patience): Promise<boolean> {
    const endMs = this.#clock.monotonicMs() + graceMs;
    for (let leftMs = graceMs; leftMs > 0; leftMs = endMs - this.#clock.monotonicMs()) {
      await this.#press(domain, Math.min(leftMs, PRESS_AGAIN_MS), signal);
      if (!(await this.#isActive(domain))) return true;
    }
    return false;
  }

  /** Presses the power button and waits for the guest to stop. */
  async #press(domain: Domain, limitMs: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const enough = new AbortController();
    // Subscribe first: a fast guest may stop before the call returns.
    const stopped = this.#link.untilStopped(domain.uuid, enough.signal);
    try {
      await this.#link.call('ask the server to shut down', (libvirt) => unlessOff(libvirt.shutdown(domain, ['acpi'])));
      await Promise.race([stopped, this.#clock.sleep(limitMs, signal ? AbortSignal.any([enough.signal, signal]) : enough.signal)]);
    } finally {
      enough.abort();
    }
  }

  #isActive(domain: Domain): Promise<boolean> {
    return this.#link.call('ask for the state of the server', (libvirt) => libvirt.isActive(domain));
  }

  async #inState(serverId: ServerId, wanted: readonly PowerState[]): Promise<Domain> {
    const domain = await this.#domains.get(serverId);
    const state = await this.#domains.powerState(domain);
    if (!wanted.includes(state)) throw GuestInWrongState({ serverId, state, wanted: wanted.join(' or ') });
    return domain;
  }
}

/** libvirt refuses to stop a guest that does not run; that counts as success. */
const unlessOff = async (asked: Promise<unknown>): Promise<void> => {
  try {
    await asked;
  } catch (error) {
    if (!is(error, 'operation-invalid')) throw error;
  }
};
