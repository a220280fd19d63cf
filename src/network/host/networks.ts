/** Keeps one host's networking as the books say. One act at a time, each from the books as they are when its turn comes. */
import type { CloudDb } from '../../db/sql/queries.ts';
import { activatePorts, type Plugging, portsToTakeOff, unbindPorts } from '../../db/stores/network/port-bindings.ts';
import { portsOfServer } from '../../db/stores/network/ports.ts';
import type { Context } from '../../lib/context/context.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import type { HostName, PortId, ServerId } from '../../objects/ids.ts';
import type { Vif } from '../../objects/network-info.ts';
import type { Correction, HostNetworking, NetworkDriver } from './driver.ts';
import { PortsUnwanted } from '../errors.ts';
import { buildHostNetworking } from './networking.ts';
import { booksOf, readHostBooks } from './books.ts';
import { Made } from './made.ts';

export interface HostNetworksDeps {
  readonly db: CloudDb;
  readonly host: HostName;
  readonly driver: NetworkDriver;
  /** Waited for before the books are looked at for a change: changes that come in a crowd are followed together. */
  readonly gather?: () => Promise<void>;
}

/** How the plugging of one server went. */
type Plugged = { readonly vifs: Vif[] } | { readonly error: unknown };

/** Which of a server's ports are to be taken off; without a fence it is never late. */
interface Unplugging {
  readonly serverId: ServerId;
  readonly portIds?: readonly PortId[];
  readonly fence?: number;
}

export class HostNetworks {
  readonly #deps: HostNetworksDeps;
  #last: Promise<unknown> = Promise.resolve();
  /** What a refresh that has not begun yet will do: all that come meanwhile share it. */
  #nextRefresh: Promise<void> | undefined;
  #hasConverged = false;
  /** The servers to plug at the next turn: the books are read for all of them at once. */
  #toPlug = new Map<ServerId, Plugging>();
  #nextPlugging: Promise<ReadonlyMap<ServerId, Plugged>> | undefined;
  /** As the host was last made, if that is known; equal books need no act. */
  #made: Made | undefined;

  constructor(deps: HostNetworksDeps) {
    this.#deps = deps;
  }

  /** Looks at everything and puts right what is not as the books say. */
  converge(): Promise<readonly Correction[]> {
    return this.#inOrder(() => this.#converge());
  }

  /** Something changed in the books: makes the host follow, if it concerns it. Those who ask before it begins get one answer. */
  refresh(): Promise<void> {
    this.#nextRefresh ??= this.#gathered().then(() =>
      this.#inOrder(() => {
        this.#nextRefresh = undefined;
        return this.#follow();
      }),
    );
    return this.#nextRefresh;
  }

  /** Makes the host ready for a server's ports, which are bound to it; fails with PortsUnwanted when they are bound to another host. */
  async plug({ requestId }: Context, serverId: ServerId): Promise<Vif[]> {
    this.#toPlug.set(serverId, { serverId, requestId });
    this.#nextPlugging ??= this.#inOrder(() => {
      const pluggings = [...this.#toPlug.values()];
      this.#toPlug.clear();
      this.#nextPlugging = undefined;
      return this.#plugAll(pluggings);
    });
    const plugged = (await this.#nextPlugging).get(serverId);
    invariant(plugged, 'who was to be plugged was plugged, or is told why not');
    if ('error' in plugged) throw plugged.error;
    return plugged.vifs;
  }

  async #plugAll(pluggings: readonly Plugging[]): Promise<ReadonlyMap<ServerId, Plugged>> {
    const { db, host } = this.#deps;
    if (!this.#hasConverged) await this.#converge();
    // First the books: should this process die now, the next one finds in them what to make.
    const bound = await activatePorts(db, pluggings, host);
    const wanted = buildHostNetworking(await booksOf(db, bound));
    const plugged = new Map<ServerId, Plugged>();
    for (const { serverId } of pluggings) {
      const isLate = !bound.some((port) => port.serverId === serverId) && (await this.#hasPorts(serverId));
      plugged.set(serverId, isLate ? { error: PortsUnwanted({ serverId }) } : await this.#plugOne(serverId, wanted));
    }
    return plugged;
  }

  /** Of a server none of whose ports are bound to this host: whether it has some, for then they are bound elsewhere. */
  async #hasPorts(serverId: ServerId): Promise<boolean> {
    return (await portsOfServer(this.#deps.db, serverId)).length > 0;
  }

  async #plugOne(serverId: ServerId, wanted: HostNetworking): Promise<Plugged> {
    const made = this.#made;
    // Until it is done nobody knows how the host is made.
    this.#made = undefined;
    try {
      const vifs: Vif[] = [];
      for (const port of wanted.ports.filter((one) => one.serverId === serverId)) {
        const network = wanted.networks.find(({ id }) => id === port.networkId);
        invariant(network, 'a port is on a network');
        vifs.push(await this.#deps.driver.plug(port, network));
        made?.plugged(port, network);
      }
      this.#made = made;
      return { vifs };
    } catch (error) {
      return { error };
    }
  }

  /** Takes a server's ports, or some of them, off this host; those that are not here, or that newer work has put here, are left alone. */
  unplug({ requestId }: Context, { serverId, portIds: only, fence }: Unplugging): Promise<void> {
    return this.#inOrder(async () => {
      const { db, host, driver } = this.#deps;
      if (!this.#hasConverged) await this.#converge();
      const here = (await portsToTakeOff(db, { serverId, host, fence })).filter((id) => !only || only.includes(id));
      const made = this.#made;
      this.#made = undefined;
      for (const id of here) await driver.unplug(id);
      for (const id of here) made?.unplugged(id);
      this.#made = made;
      await unbindPorts(db, here, { host, fence, requestId });
    });
  }

  async #wanted(): Promise<HostNetworking> {
    return buildHostNetworking(await readHostBooks(this.#deps.db, this.#deps.host));
  }

  async #converge(): Promise<readonly Correction[]> {
    return await this.#makeAs(await this.#wanted());
  }

  async #makeAs(wanted: HostNetworking): Promise<readonly Correction[]> {
    this.#made = undefined;
    const corrections = await this.#deps.driver.converge(wanted);
    this.#hasConverged = true;
    this.#made = new Made(wanted);
    return corrections;
  }

  /** Rules alone are changed in place; whatever else changed is for `converge`. */
  async #follow(): Promise<void> {
    const wanted = await this.#wanted();
    const difference = this.#made?.differenceTo(wanted) ?? 'more';
    if (difference === 'none') return;
    if (difference === 'more') {
      await this.#makeAs(wanted);
      return;
    }
    this.#made = undefined;
    await this.#deps.driver.updateSecurity(wanted.ports);
    this.#made = new Made(wanted);
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
