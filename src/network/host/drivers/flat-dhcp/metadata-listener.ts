/** Keeps 169.254.169.254:80 of the host's namespace answered by the metadata proxy of this process. */
import type { Server } from 'node:net';
import type { HostShell } from '../../shell/host-shell.ts';
import { listenInside } from '../../shell/listen-inside.ts';
import { namespaceId } from '../../shell/namespace-id.ts';
import { MetadataProxy, type MetadataProxyOptions } from '../../metadata-proxy.ts';
import { METADATA_ADDRESS } from './bridge-plan.ts';

export class MetadataListener {
  readonly #shell: HostShell;
  readonly #proxy: MetadataProxy;
  #listening: { server: Server; namespace: number } | undefined;

  constructor(shell: HostShell, options: MetadataProxyOptions) {
    this.#shell = shell;
    this.#proxy = new MetadataProxy(options);
  }

  /** Listens unless it does; true when it had to. A socket in a namespace that was deleted serves nobody any more. */
  async converge(): Promise<boolean> {
    const namespace = await namespaceId(this.#shell.netns);
    if (this.#listening?.namespace === namespace && this.#listening.server.listening) return false;
    this.#listening?.server.close();
    this.#listening = undefined;
    const server = await listenInside(this.#shell.netns, METADATA_ADDRESS, 80);
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
