/** Keeps this process's metadata proxy listening at 169.254.169.254 in the host's namespace. */
import type { Server } from 'node:net';
import type { HostShell } from '../../shell/host-shell.ts';
import { listenInside } from '../../shell/listen-inside.ts';
import { namespaceId } from '../../shell/namespace-id.ts';
import { MetadataProxy, type MetadataProxyOptions } from '../../metadata-proxy.ts';
import { METADATA_ADDRESS } from './host-addressing.ts';

export class MetadataListener {
  readonly #shell: HostShell;
  readonly #port: number;
  readonly #proxy: MetadataProxy;
  #listening: { server: Server; namespace: number } | undefined;

  constructor(shell: HostShell, { port, ...options }: MetadataProxyOptions & { readonly port: number }) {
    this.#shell = shell;
    this.#port = port;
    this.#proxy = new MetadataProxy(options);
  }

  /** Starts to listen unless it does already; true if it had to. Replaces a socket whose namespace was deleted. */
  async converge(): Promise<boolean> {
    const namespace = await namespaceId(this.#shell.netns);
    if (this.#listening?.namespace === namespace && this.#listening.server.listening) return false;
    this.#listening?.server.close();
    this.#listening = undefined;
    const server = await listenInside(this.#shell.netns, METADATA_ADDRESS, this.#port);
    this.#proxy.attach(server);
    this.#listening = { server, namespace };
    return true;
  }

  /** Stops answering. */
  close(): void {
    this.#listening?.server.close();
    this.#listening = undefined;
    this.#proxy.close();
  }
}
