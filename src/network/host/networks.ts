/** Keeps one host's networking in line with the books. Acts run one at a time, and each reads the books when it starts. */
import type { CloudDb } from '../../db/sql/queries.ts';
import { activatePorts, type Plugging, portsToTakeOff, unbindPorts } from '../../db/stores/network/port-bindings.ts';
import { floatingIpsOfPorts } from '../../db/stores/network/floating-targets.ts';
import { haveForwardings } from '../../db/stores/network/port-forwardings.ts';
import { portsOfServer } from '../../db/stores/network/ports.ts';
import type { Context } from '../../lib/context/context.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { HostName, PortId, ServerId } from '../../objects/ids.ts';
import type { Port } from '../../objects/network.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { Correction, HostNetworking, NetworkDriver } from './driver.ts';
import { PortsUnwanted } from '../errors.ts';
import type { Concern } from '../rpcapi.ts';
import { buildHostNetworking } from './networking.ts';
import { AppliedState } from './applied-state.ts';
import { booksOf, readHostBooks, rulesWithMembers } from './books.ts';
import { CarriedBooks } from './carried-books.ts';

export interface HostNetworksDeps {
  readonly db: CloudDb;
  readonly host: HostName;
  readonly driver: NetworkDriver;
  /** Waited for before a refresh reads the books, so that a burst of changes is one batch. */
  readonly gather?: () => Promise<void>;
}

/** The outcome of plugging one server. */
type Plugged = { readonly vifs: Vif[] } | { readonly error: unknown };

/** Which of a server's ports to unplug; without a fence it is never late. */
interface Unplugging {
  readonly serverId: ServerId;
  readonly portIds?: readonly PortId[];
  readonly fence?: number;
}

export class HostNetworks {
  readonly #deps: HostNetworksDeps;
  #last: Promise<unknown> = Promise.resolve();
  /** The refresh that has not started yet: all calls meanwhile share it. */
  #nextRefresh: { readonly done: Promise<void>; readonly changes: (Concern | 'anything')[] } | undefined;
  #hasConverged = false;
  /** The next batch of servers to plug: the books are read once for all of them. */
  #toPlug = new Map<ServerId, Plugging>();
  #nextPlugging: Promise<ReadonlyMap<ServerId, Plugged>> | undefined;
  /** The state last applied to the host, if known; a refresh that finds no difference is a no-op. */
  #applied: AppliedState | undefined;
  /** What the books said then. */
  #carried: CarriedBooks | undefined;

  constructor(deps: HostNetworksDeps) {
    this.#deps = deps;
  }

  /** Compares everything with the books and corrects the differences. */
  converge(): Promise<readonly Correction[]> {
    return this.#inOrder(() => this.#converge());
  }

  /** Applies a change of the books to the host: any, or one that touched only what it names. Calls before it starts share one run. */
  refresh(change: Concern | 'anything' = 'anything'): Promise<void> {
    if (!this.#nextRefresh) {
      const changes: (Concern | 'anything')[] = [];
      const run = () =>
        this.#inOrder(() => {
          this.#nextRefresh = undefined;
          return this.#followAll(changes);
        });
      this.#nextRefresh = { changes, done: this.#gathered().then(run) };
    }
    this.#nextRefresh.changes.push(change);
    return this.#nextRefresh.done;
  }

  /** Reads as little as the changes allow. Only in its turn does the host know what it carries. */
  async #followAll(changes: readonly (Concern | 'anything')[]): Promise<void> {
    const carried = this.#applied && this.#carried;
    if (!carried) return await this.#follow();
    const concerns = changes.map((change) => (change === 'anything' ? 'more' : carried.concernOf(change)));
    if (concerns.includes('more')) await this.#follow();
    else if (concerns.includes('rules')) {
      const wanted = buildHostNetworking(carried.withRules(await rulesWithMembers(this.#deps.db, carried.groupIds)));
      if (this.#applied?.differenceTo(wanted) === 'more') await this.#follow();
      else await this.#bringTo(wanted);
    }
  }

  /** Prepares the host for a server's ports, which are bound to it; fails with PortsUnwanted when they are bound to another host. */
  async plug({ requestId }: Context, serverId: ServerId): Promise<Vif[]> {
    this.#toPlug.set(serverId, { serverId, requestId });
    this.#nextPlugging ??= this.#inOrder(() => {
      const pluggings = [...this.#toPlug.values()];
      this.#toPlug.clear();
      this.#nextPlugging = undefined;
      return this.#plugAll(pluggings);
    });
    const plugged = (await this.#nextPlugging).get(serverId);
    invariant(plugged, 'every server to plug has an outcome');
    if ('error' in plugged) throw plugged.error;
    return plugged.vifs;
  }

  async #plugAll(pluggings: readonly Plugging[]): Promise<ReadonlyMap<ServerId, Plugged>> {
    const { db, host } = this.#deps;
    if (!this.#hasConverged) await this.#converge();
    // The books first: if this process dies now, the next one finds there what to plug.
    const bound = await activatePorts(db, pluggings, host);
    const books = await booksOf(db, bound);
    const wanted = buildHostNetworking(books);
    // Routers come with the first port of their network, and floating IPs with theirs.
    const isNew = wanted.networks.some(({ id }) => this.#applied?.has(id) !== true);
    const plugged = new Map<ServerId, Plugged>();
    for (const { serverId } of pluggings) {
      const isLate = !bound.some((port) => port.serverId === serverId) && (await this.#hasPorts(serverId));
      plugged.set(serverId, isLate ? { error: PortsUnwanted({ serverId }) } : await this.#plugOne(serverId, wanted));
    }
    this.#carried?.plugged(books);
    // A boot does not fail for it: the next reconciliation tries again, and reports what is wrong.
    if (isNew || (await this.#haveFloatingIps(bound))) await this.#follow().catch(() => {});
    return plugged;
  }

  async #haveFloatingIps(ports: readonly Port[]): Promise<boolean> {
    const ids = ports.map(({ id }) => id);
    return (await floatingIpsOfPorts(this.#deps.db, ids)).length > 0 || (await haveForwardings(this.#deps.db, ids));
  }

  /** Whether a server has ports; if none is bound to this host, they are bound elsewhere. */
  async #hasPorts(serverId: ServerId): Promise<boolean> {
    return (await portsOfServer(this.#deps.db, serverId)).length > 0;
  }

  async #plugOne(serverId: ServerId, wanted: HostNetworking): Promise<Plugged> {
    const applied = this.#applied;
    // Unknown until the driver is done.
    this.#applied = undefined;
    try {
      const vifs: Vif[] = [];
      for (const port of wanted.ports.filter((one) => one.serverId === serverId)) {
        const network = wanted.networks.find(({ id }) => id === port.networkId);
        invariant(network, 'a port is on a network');
        vifs.push(await this.#deps.driver.plug(port, network));
        applied?.plugged(port, network);
      }
      this.#applied = applied;
      return { vifs };
    } catch (error) {
      return { error };
    }
  }

  /** Unplugs a server's ports, or some of them, from this host; leaves alone those that are not here or that newer work has bound here. */
  unplug({ requestId }: Context, { serverId, portIds: only, fence }: Unplugging): Promise<void> {
    return this.#inOrder(async () => {
      const { db, host, driver } = this.#deps;
      if (!this.#hasConverged) await this.#converge();
      const here = (await portsToTakeOff(db, { serverId, host, fence })).filter((id) => !only || only.includes(id));
      const applied = this.#applied;
      this.#applied = undefined;
      for (const id of here) await driver.unplug(id);
      for (const id of here) applied?.unplugged(id);
      this.#applied = applied;
      this.#carried?.unplugged(here);
      await unbindPorts(db, here, { host, fence, requestId });
      // Networks, routers and floating IPs may have been here for these ports alone. If it fails, the next reconciliation does it.
      if (here.length > 0) void this.refresh().catch(() => {});
    });
  }

  /** Which of these ports have an address that answers a ping. */
  answering(portIds: readonly PortId[]): Promise<readonly PortId[]> {
    return this.#deps.driver.answering(portIds);
  }

  /** What the books want of the host now. */
  async #wanted(): Promise<HostNetworking> {
    const books = await readHostBooks(this.#deps.db, this.#deps.host);
    this.#carried = new CarriedBooks(books);
    return buildHostNetworking(books);
  }

  async #converge(): Promise<readonly Correction[]> {
    return await this.#apply(await this.#wanted());
  }

  async #apply(wanted: HostNetworking): Promise<readonly Correction[]> {
    this.#applied = undefined;
    const corrections = await this.#deps.driver.converge(wanted);
    this.#hasConverged = true;
    this.#applied = new AppliedState(wanted);
    return corrections;
  }

  async #follow(): Promise<void> {
    await this.#bringTo(await this.#wanted());
  }

  /** Changes of rules, and of where guests of other hosts are, are applied in place; anything else needs a `converge`. */
  async #bringTo(wanted: HostNetworking): Promise<void> {
    const difference = this.#applied?.differenceTo(wanted) ?? 'more';
    if (difference === 'more') {
      await this.#apply(wanted);
      return;
    }
    if (difference.size === 0) return;
    this.#applied = undefined;
    if (difference.has('rules')) await this.#deps.driver.updateSecurity(wanted.ports);
    if (difference.has('tunnels')) await this.#deps.driver.updateTunnels(wanted.tunnels ?? []);
    this.#applied = new AppliedState(wanted);
  }

  async #gathered(): Promise<void> {
    await this.#deps.gather?.();
  }

  #inOrder<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act);
    this.#last = next.catch(() => {});
    return next;
  }
}
