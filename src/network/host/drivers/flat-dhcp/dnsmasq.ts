/**
 * Keeps one dnsmasq per network as wanted: running in the right namespace, with this configuration and these guests.
 * It outlives this process on purpose (guests renew their leases meanwhile), so what runs is found again through /proc.
 */
import { chmod, chown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Account } from '../../../../lib/accounts/account.ts';
import type { Clock } from '../../../../lib/clock/clock.ts';
import type { HostNetwork, HostPort } from '../../driver.ts';
import { namespaceId, namespaceOfProcess } from '../../shell/namespace-id.ts';
import { type DhcpFiles, type DhcpSettings, dhcpConfig, dhcpHosts } from './dhcp-config.ts';
import { dhcpOptions } from './dhcp-options.ts';
import type { ServingPlace } from './serving.ts';
import { endProcess, pidFrom, pidsWithArgument } from './daemon-process.ts';
import { dropStaleLeases, hasStaleLeases } from './leases.ts';
import { startUnprivileged } from './unprivileged.ts';
import { textOf, writeChanged, writeWhole } from './whole-file.ts';

export interface DnsmasqOptions {
  readonly clock: Clock;
  readonly settings: DhcpSettings;
  /** The account of the daemon. */
  readonly account: Account;
}

export class Dnsmasq {
  readonly #options: DnsmasqOptions;
  readonly #directory: string;
  /** What the daemon itself writes. */
  readonly #daemonDirectory: string;
  readonly #files: DhcpFiles;
  /** False until this process knows that the daemon has read the list of guests as it is now. */
  #hasReadHosts = false;

  constructor(directory: string, options: DnsmasqOptions) {
    this.#options = options;
    this.#directory = directory;
    this.#daemonDirectory = join(directory, 'daemon');
    const read = (name: string) => join(directory, name);
    const written = (name: string) => join(this.#daemonDirectory, name);
    this.#files = {
      config: read('dnsmasq.conf'),
      hosts: read('hosts'),
      options: read('options'),
      leases: written('leases'),
      pid: written('pid'),
      log: written('log'),
    };
  }

  /** Serves these guests; returns what was wrong, undefined when nothing was. */
  async converge(network: HostNetwork, ports: readonly HostPort[], place: ServingPlace): Promise<string | undefined> {
    await this.#makeDirectories();
    const config = dhcpConfig(network, this.#files, { ...this.#options.settings, ...place });
    const hosts = dhcpHosts(network, ports);
    const pid = await this.#runningPid(place);
    const isConfigured = (await textOf(this.#files.config)) === config;
    const isListed = await writeChanged({ [this.#files.hosts]: hosts, [this.#files.options]: dhcpOptions(ports) });
    if (pid === undefined || !isConfigured || hasStaleLeases(await textOf(this.#files.leases), hosts)) {
      await this.#restart(config, hosts, place);
      return pid === undefined
        ? 'dnsmasq was not running'
        : isConfigured
          ? 'a stale lease blocked an address'
          : 'dnsmasq had another configuration';
    }
    if (!isListed || !this.#hasReadHosts) process.kill(pid, 'SIGHUP');
    this.#hasReadHosts = true;
    return isListed ? undefined : 'dnsmasq had another list of guests';
  }

  /** One that the daemon may read, and one of its own. */
  async #makeDirectories(): Promise<void> {
    const { uid, gid } = this.#options.account;
    for (const [directory, owner, mode] of [
      [this.#directory, 0, 0o750],
      [this.#daemonDirectory, uid, 0o700],
    ] as const) {
      await mkdir(directory, { recursive: true });
      await chown(directory, owner, gid);
      await chmod(directory, mode);
    }
  }

  /** Stops the daemon and deletes its leases. */
  async remove(): Promise<void> {
    await this.#stop();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** The configuration is written between stop and start, so that what runs always matches the file. */
  async #restart(config: string, hosts: string, { shell }: ServingPlace): Promise<void> {
    await this.#stop();
    const leases = await textOf(this.#files.leases);
    if (leases) await writeWhole(this.#files.leases, dropStaleLeases(leases, hosts), this.#options.account);
    await writeWhole(this.#files.config, config);
    // It daemonizes once its sockets are open: a return without error means that it serves.
    await startUnprivileged(shell, this.#options.account, ['dnsmasq', this.#argument()]);
    this.#hasReadHosts = true;
  }

  /** Stops every daemon with our configuration file, also one whose pid file was lost. */
  async #stop(): Promise<void> {
    const pids = await pidsWithArgument(this.#argument());
    await Promise.all(pids.map((pid) => endProcess(pid, { argument: this.#argument(), clock: this.#options.clock })));
    await rm(this.#files.pid, { force: true });
  }

  /** The pid in the file, if that is our daemon in the namespace where it should be. */
  async #runningPid({ shell }: ServingPlace): Promise<number | undefined> {
    const pid = await pidFrom(this.#files.pid, this.#argument());
    if (pid === undefined) return undefined;
    const [its, wanted] = [await namespaceOfProcess(pid), await namespaceId(shell.netns)];
    return its === wanted ? pid : undefined;
  }

  #argument(): string {
    return `--conf-file=${this.#files.config}`;
  }
}
