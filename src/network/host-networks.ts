/** Keeps one host's networking as the books say. One act at a time, each from the books as they are when its turn comes. */
import type { Kysely } from 'kysely';
import type { Database } from '../db/schema/index.ts';
import { displacePorts, placePorts, portsOfServer } from '../db/stores/ports.ts';
import type { HostName, PortId, ServerId } from '../objects/ids.ts';
import type { Vif } from '../objects/network-info.ts';
import type { Correction, HostNetworking, NetworkDriver } from './driver.ts';
import { buildHostNetworking } from './host-networking.ts';
import { readHostBooks } from './host-books.ts';

export interface HostNetworksDeps {
  readonly db: Kysely<Database>;
  readonly host: HostName;
  readonly driver: NetworkDriver;
}

export class HostNetworks {
  readonly #deps: HostNetworksDeps;
  #last: Promise<unknown> = Promise.resolve();
  /** What a refresh that has not begun yet will do: all that come meanwhile share it. */
  #nextRefresh: Promise<void> | undefined;
  #hasConverged = false;
  /** As the host was last made, if that is known; equal books need no act. */
  #made: HostNetworking | undefined;

  constructor(deps: HostNetworksDeps) {
    this.#deps = deps;
  }

  /** Looks at everything and puts right what is not as the books say. */
  converge(): Promise<readonly Correction[]> {
    return this.#inOrder(() => this.#converge());
  }

  /** Something changed in the books: makes the host follow, if it concerns it. Those who ask before it begins get one answer. */
  refresh(): Promise<void> {
    this.#nextRefresh ??= this.#inOrder(() => {
      this.#nextRefresh = undefined;
      return this.#follow();
    });
    return this.#nextRefresh;
  }

  /** Places a server's ports here and makes the host ready for them. */
  plug(serverId: ServerId): Promise<Vif[]> {
    return this.#inOrder(async () => {
      const { db, host, driver } = this.#deps;
      if (!this.#hasConverged) await this.#converge();
      // First the books: should this process die now, the next one finds in them what to make.
      await placePorts(db, serverId, host);
      const wanted = await this.#wanted();
      const made = this.#made;
      this.#made = undefined;
      const vifs: Vif[] = [];
      for (const { id } of await portsOfServer(db, serverId)) {
        const port = wanted.ports.find((one) => one.id === id);
        const network = wanted.networks.find((one) => one.id === port?.networkId);
        if (port && network) vifs.push(await driver.plug(port, network));
      }
      this.#made = made && withPlugged(made, wanted, serverId);
      return vifs;
    });
  }

  /** Takes a server's ports, or some of them, off this host; those that are not here are left alone. */
  unplug(serverId: ServerId, only?: readonly PortId[]): Promise<void> {
    return this.#inOrder(async () => {
      const { db, host, driver } = this.#deps;
      if (!this.#hasConverged) await this.#converge();
      const here = (await portsOfServer(db, serverId)).filter((port) => port.host === host && (!only || only.includes(port.id)));
      const made = this.#made;
      this.#made = undefined;
      for (const { id } of here) await driver.unplug(id);
      this.#made = made && { ...made, ports: made.ports.filter(({ id }) => !here.some((port) => port.id === id)) };
      await displacePorts(
        db,
        here.map(({ id }) => id),
        host,
      );
    });
  }

  async #wanted(): Promise<HostNetworking> {
    return buildHostNetworking(await readHostBooks(this.#deps.db, this.#deps.host));
  }

  async #converge(): Promise<readonly Correction[]> {
    const wanted = await this.#wanted();
    this.#made = undefined;
    const corrections = await this.#deps.driver.converge(wanted);
    this.#hasConverged = true;
    this.#made = wanted;
    return corrections;
  }

  /** Rules alone are changed in place; whatever else changed is for `converge`. */
  async #follow(): Promise<void> {
    const wanted = await this.#wanted();
    const made = this.#made;
    if (made && same(wanted, made)) return;
    if (made && same(withoutRules(wanted), withoutRules(made))) {
      this.#made = undefined;
      await this.#deps.driver.updateSecurity(wanted.ports);
      this.#made = wanted;
    } else await this.#converge();
  }

  #inOrder<T>(act: () => Promise<T>): Promise<T> {
    const next = this.#last.then(act);
    this.#last = next.catch(() => {});
    return next;
  }
}

/** How the host is after a server was plugged: that server's ports as wanted, all others as they were. */
function withPlugged(made: HostNetworking, wanted: HostNetworking, serverId: ServerId): HostNetworking {
  const plugged = wanted.ports.filter((port) => port.serverId === serverId);
  const before = new Map(made.ports.map((port) => [port.id, port]));
  const ports = wanted.ports.flatMap((port) => (plugged.includes(port) ? port : (before.get(port.id) ?? [])));
  const networks = wanted.networks.flatMap(
    (network) =>
      (plugged.some(({ networkId }) => networkId === network.id) ? network : made.networks.find(({ id }) => id === network.id)) ?? [],
  );
  return { networks, ports };
}

const withoutRules = ({ networks, ports }: HostNetworking) => ({ networks, ports: ports.map((port) => ({ ...port, rules: [] })) });

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);
