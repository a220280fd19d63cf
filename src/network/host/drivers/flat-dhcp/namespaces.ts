/** The network namespaces of one kind that a cloud keeps beside a host's own: for its routers, or to serve its networks. */
import { readdir } from 'node:fs/promises';
import { type HostShell, hostShell, NAMESPACES } from '../../shell/host-shell.ts';
import { namespacePrefix } from '../../device-names.ts';
import type { CloudMark } from './cloud-mark.ts';

export class Namespaces {
  readonly #shell: HostShell;
  /** Namespaces of several clouds and hosts are on one machine. */
  readonly #prefix: string;

  constructor(shell: HostShell, cloud: CloudMark, kind: 'router' | 'network') {
    this.#shell = shell;
    this.#prefix = `${namespacePrefix(shell.netns)}${cloud.table(kind)}.`;
  }

  /** The ids of what has a namespace now. */
  async present(): Promise<string[]> {
    const names = await readdir(NAMESPACES).catch((): string[] => []);
    return names.filter((name) => name.startsWith(this.#prefix)).map((name) => name.slice(this.#prefix.length));
  }

  async add(id: string): Promise<void> {
    await this.#shell.run('ip', ['netns', 'add', this.nameOf(id)]);
  }

  /** What runs in it keeps it, without a name, until it ends. */
  async remove(id: string): Promise<void> {
    await this.#shell.run('ip', ['netns', 'del', this.nameOf(id)]);
  }

  nameOf(id: string): string {
    return `${this.#prefix}${id}`;
  }

  shellOf(id: string): HostShell {
    return hostShell({ netns: this.nameOf(id) });
  }
}
