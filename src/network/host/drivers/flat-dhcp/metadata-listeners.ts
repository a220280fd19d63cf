/** Keeps this process's metadata proxies listening at 169.254.169.254 in each namespace from which networks are served. */
import type { Server } from 'node:net';
import { type MetadataAsker, MetadataProxy, type MetadataProxyOptions } from '../../metadata-proxy.ts';
import { listenInside } from '../../shell/listen-inside.ts';
import { namespaceId } from '../../shell/namespace-id.ts';
import { METADATA_ADDRESS } from './host-addressing.ts';

/** One place to listen at. */
export interface MetadataPlace {
  /** The network that is served there; null for all that the host serves itself. */
  readonly networkId: string | null;
  readonly netns: string | null;
  readonly port: number;
}

export interface MetadataListenersOptions extends Omit<MetadataProxyOptions, 'lookup'> {
  /** Finds who has an address among the guests that are served at a place. */
  readonly lookup: (networkId: string | null, address: string) => MetadataAsker | undefined;
}

interface Listening {
  readonly server: Server;
  readonly proxy: MetadataProxy;
  /** Its inode: a name may be given again. */
  readonly namespace: number;
}

export class MetadataListeners {
  readonly #options: MetadataListenersOptions;
  readonly #listening = new Map<string | null, Listening>();

  constructor(options: MetadataListenersOptions) {
    this.#options = options;
  }

  /** Listens at exactly these places; true if it had to start or stop anywhere. */
  async converge(places: readonly MetadataPlace[]): Promise<boolean> {
    const leftovers = [...this.#listening.keys()].filter((id) => !places.some(({ networkId }) => networkId === id));
    for (const networkId of leftovers) this.#stop(networkId);
    let isStarted = false;
    for (const place of places) isStarted = (await this.convergeOne(place)) || isStarted;
    return isStarted || leftovers.length > 0;
  }

  /** Starts to listen at one place unless it does already; true if it had to. Replaces a socket whose namespace was deleted. */
  async convergeOne({ networkId, netns, port }: MetadataPlace): Promise<boolean> {
    const namespace = await namespaceId(netns);
    const known = this.#listening.get(networkId);
    if (known?.namespace === namespace && known.server.listening) return false;
    this.#stop(networkId);
    const server = await listenInside(netns, METADATA_ADDRESS, port);
    const proxy = new MetadataProxy({ ...this.#options, lookup: (address) => this.#options.lookup(networkId, address) });
    proxy.attach(server);
    this.#listening.set(networkId, { server, proxy, namespace });
    return true;
  }

  /** Stops answering. */
  close(): void {
    for (const networkId of this.#listening.keys()) this.#stop(networkId);
  }

  #stop(networkId: string | null): void {
    const known = this.#listening.get(networkId);
    if (!known) return;
    this.#listening.delete(networkId);
    known.server.close();
    known.proxy.close();
  }
}
