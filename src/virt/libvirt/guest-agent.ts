import { rm, writeFile } from 'node:fs/promises';
import { type Domain, is, type Libvirt } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import type { Login } from '../driver.ts';
import { GuestAgentFailed, GuestAgentSilent, GuestInWrongState, HypervisorFailed } from '../errors.ts';
import { AGENT_CHANNEL } from './definition/agent-channel.ts';
import { exists } from './exists.ts';
import type { GuestDirectories } from './guest-directory.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';

/** How long a guest may take until its agent is there: a server is active before its guest has booted. */
const ARRIVAL_MS = 60_000;

/** How often to look for the agent meanwhile. */
const LOOK_EVERY_MS = 1_000;

/** How long the agent may take for one answer, in seconds. */
const ANSWER_SECONDS = 30;

export interface GuestAgentOptions {
  readonly link: LibvirtLink;
  readonly slowLink: LibvirtLink;
  readonly domains: GuestDomains;
  readonly directories: GuestDirectories;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks the agents in guests. A guest whose file systems are frozen is marked on disk from before the freeze until after the thaw, so that
 * it is thawed even if this process is killed in between.
 */
export class GuestAgent {
  readonly #options: GuestAgentOptions;
  /** Guests that are frozen for work that goes on. */
  readonly #frozen = new Set<ServerId>();
  #thawing: Promise<void> | undefined;

  constructor(options: GuestAgentOptions) {
    this.#options = options;
  }

  /** Sets the password of a user in a running guest; waits for an agent that is not there yet. */
  async setPassword(serverId: ServerId, { user, password }: Login, signal: AbortSignal): Promise<void> {
    const { domains } = this.#options;
    const domain = await domains.get(serverId);
    const state = await domains.powerState(domain);
    if (state !== 'running') throw GuestInWrongState({ serverId, state, wanted: 'running' });
    await this.#untilThere(domain, signal);
    await this.#ask(domain, 'set the password', (libvirt) => libvirt.setUserPassword(domain, user, password));
  }

  /** Does some work while the file systems of a running guest are frozen; with `waits`, an agent that is not there yet is waited for. */
  async whileFrozen<T>(domain: Domain, { signal, waits }: { signal: AbortSignal; waits: boolean }, work: () => Promise<T>): Promise<T> {
    const serverId = asId<ServerId>(domain.uuid);
    if (waits) await this.#untilThere(domain, signal);
    else if (!(await this.#isThere(domain))) throw GuestAgentSilent({ serverId });
    this.#frozen.add(serverId);
    await writeFile(this.#options.directories.paths(serverId).frozen, '');
    try {
      await this.#ask(domain, 'freeze its file systems', (libvirt) => libvirt.fsFreeze(domain, []));
      return await work();
    } finally {
      await this.#thaw(domain);
      this.#frozen.delete(serverId);
    }
  }

  /** Thaws guests that an earlier process left frozen, or whose agent was silent when they were to be thawed. */
  thawLeftovers(): Promise<void> {
    // A silent agent takes longer to give up than the next call takes to come.
    this.#thawing ??= this.#thawAll().finally(() => {
      this.#thawing = undefined;
    });
    return this.#thawing;
  }

  async #thawAll(): Promise<void> {
    const { directories, domains } = this.#options;
    for (const { serverId, frozen } of await directories.list()) {
      if (this.#frozen.has(serverId) || !(await exists(frozen))) continue;
      const domain = await domains.find(serverId);
      if (domain) await this.#thaw(domain);
    }
  }

  /** The mark stays when the agent does not answer: the next attempt comes with the next report of the host. */
  async #thaw(domain: Domain): Promise<void> {
    const { domains, directories, log } = this.#options;
    const serverId = asId<ServerId>(domain.uuid);
    try {
      // A guest that was restarted meanwhile is not frozen.
      if ((await domains.powerState(domain)) === 'running')
        await this.#ask(domain, 'thaw its file systems', (libvirt) => libvirt.fsThaw(domain, []));
      await rm(directories.paths(serverId).frozen, { force: true });
    } catch (error) {
      log.warn({ serverId, error: messageOf(error) }, 'a guest could not be thawed; trying again later');
    }
  }

  async #untilThere(domain: Domain, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const limit = clock.monotonicMs() + ARRIVAL_MS;
    while (!(await this.#isThere(domain))) {
      if (clock.monotonicMs() > limit) throw GuestAgentSilent({ serverId: domain.uuid });
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  /** Whether an agent has opened its end of the channel. */
  async #isThere(domain: Domain): Promise<boolean> {
    const xml = await this.#options.link.call('look for the agent in the server', (libvirt) => libvirt.xml(domain));
    const targets = childrenOf(elementAt(readXml(xml), 'devices'), 'channel').map((channel) => elementAt(channel, 'target'));
    const target = targets.find((one) => attributeOf(one, 'name') === AGENT_CHANNEL);
    return attributeOf(target, 'state') === 'connected';
  }

  async #ask(domain: Domain, what: string, ask: (libvirt: Libvirt) => Promise<unknown>): Promise<void> {
    const serverId = domain.uuid;
    try {
      await this.#options.slowLink.call(what, async (libvirt) => {
        await libvirt.agentSetResponseTimeout(domain, ANSWER_SECONDS);
        await ask(libvirt);
      });
    } catch (error) {
      if (!HypervisorFailed.is(error)) throw error;
      const isSilent = is(error.cause, 'agent-unresponsive', 'agent-unsynced', 'operation-timeout');
      throw isSilent ? GuestAgentSilent({ serverId }, { cause: error }) : GuestAgentFailed({ serverId, what }, { cause: error });
    }
  }
}
