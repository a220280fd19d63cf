/** Keeps a dnsmasq in the namespace of each router that tells guests how to make IPv6 addresses. It outlives this process, as routers do. */
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { accountOf } from '../../../../lib/accounts/account.ts';
import { allowTraversal } from '../../../../lib/accounts/traverse.ts';
import type { HostPort } from '../../driver.ts';
import type { HostRouter } from '../../host-router.ts';
import type { HostShell } from '../../shell/host-shell.ts';
import { namespaceId, namespaceOfProcess } from '../../shell/namespace-id.ts';
import { advertConfig } from './advert-config.ts';
import { endProcess, pidFrom, pidsWithArgument } from './daemon-process.ts';
import type { DhcpServersOptions } from './dhcp-servers.ts';
import { seeLinks } from './seen-links.ts';
import { startUnprivileged } from './unprivileged.ts';
import { textOf, writeWhole } from './whole-file.ts';

export type RouterAdvertsOptions = Pick<DhcpServersOptions, 'stateDir' | 'programDir' | 'clock' | 'log'>;

export class RouterAdverts {
  readonly #options: RouterAdvertsOptions;
  readonly #directory: string;

  constructor(options: RouterAdvertsOptions) {
    this.#options = options;
    this.#directory = join(options.stateDir, 'adverts');
  }

  /** Tells guests of exactly what the router advertises; true if that was not so. */
  async converge(router: HostRouter, shell: HostShell, ports: readonly HostPort[]): Promise<boolean> {
    const config = await this.#configOf(router, shell, ports);
    const present = await textOf(this.#file(router.id, 'conf'));
    if (config === undefined) {
      if (present !== '') await this.remove(router.id);
      return present !== '';
    }
    if (config === present && (await this.#isRunning(router.id, shell))) return false;
    await this.#stop(router.id);
    const account = await this.#openDirectory(router.id);
    await writeWhole(this.#file(router.id, 'conf'), config);
    await startUnprivileged(shell, account, ['dnsmasq', this.#argument(router.id)]);
    return true;
  }

  /** Ends those of all routers but these, also of an earlier process. */
  async keepOnly(routerIds: readonly string[]): Promise<void> {
    const present = await readdir(this.#directory).catch((): string[] => []);
    for (const id of present.filter((one) => !routerIds.includes(one))) await this.remove(id);
  }

  async remove(routerId: string): Promise<void> {
    await this.#stop(routerId);
    await rm(join(this.#directory, routerId), { recursive: true, force: true });
  }

  async #configOf(router: HostRouter, shell: HostShell, ports: readonly HostPort[]): Promise<string | undefined> {
    if (router.interfaces.every(({ advertised = [] }) => advertised.length === 0)) return undefined;
    const indexes = new Map([...(await seeLinks(shell)).values()].map(({ name, index }) => [name, index]));
    const files = { pid: this.#file(router.id, 'daemon/pid'), log: this.#file(router.id, 'daemon/log') };
    return advertConfig(router, files, { indexes, ports });
  }

  /** One directory that the daemon may read, and one of its own in it. */
  async #openDirectory(routerId: string) {
    const { stateDir, programDir, log } = this.#options;
    const account = await accountOf('dnsmasq', stateDir);
    await mkdir(this.#directory, { recursive: true, mode: 0o755 });
    await allowTraversal(this.#directory, { daemon: 'dnsmasq', account, below: programDir, log });
    for (const [directory, owner, mode] of [
      [join(this.#directory, routerId), 0, 0o750],
      [this.#file(routerId, 'daemon'), account.uid, 0o700],
    ] as const) {
      await mkdir(directory, { recursive: true });
      await chown(directory, owner, account.gid);
      await chmod(directory, mode);
    }
    return account;
  }

  async #isRunning(routerId: string, shell: HostShell): Promise<boolean> {
    const pid = await pidFrom(this.#file(routerId, 'daemon/pid'), this.#argument(routerId));
    return pid !== undefined && (await namespaceOfProcess(pid)) === (await namespaceId(shell.netns));
  }

  async #stop(routerId: string): Promise<void> {
    const argument = this.#argument(routerId);
    for (const pid of await pidsWithArgument(argument)) await endProcess(pid, { argument, clock: this.#options.clock });
    await rm(this.#file(routerId, 'daemon/pid'), { force: true });
  }

  #argument(routerId: string): string {
    return `--conf-file=${this.#file(routerId, 'conf')}`;
  }

  #file(routerId: string, name: string): string {
    return join(this.#directory, routerId, name);
  }
}
