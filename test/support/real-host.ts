/** The private compute host of a cloud under test, seen from outside: its network namespace, processes and files. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { netnsPath } from '../../src/network/host/shell/host-shell.ts';
import { servingNamespace } from '../../src/network/host/shell/serving-namespace.ts';
import { hostLayout } from '../../src/virt/libvirt/private-host/layout.ts';
import { processesIn } from '../../src/virt/libvirt/private-host/network-namespace.ts';
import type { Cloud } from './cloud.ts';

const run = promisify(execFile);
const COMMAND_TIMEOUT_MS = 20_000;

/** One compute host of the cloud, by its NOVA_HOST. */
export interface RealHost {
  /** Runs a command in the host's network namespace; resolves with its output, or undefined if it failed. */
  inside(command: string, ...args: string[]): Promise<string | undefined>;
  /** The same from where the host serves a network: the network's guests can be reached there. */
  near(networkId: string, command: string, ...args: string[]): Promise<string | undefined>;
  /** The pids of running QEMUs. */
  guests(): Promise<number[]>;
  /** What exists of guests: processes, taps, directories with disks. Empty on a host without servers. */
  remains(): Promise<string[]>;
}

const enter = (namespace: string, command: string, args: string[]) =>
  run('nsenter', [`--net=${namespace}`, command, ...args], { timeout: COMMAND_TIMEOUT_MS }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );

/** The host; it need not exist yet. */
export function realHost(cloud: Cloud, name: string): RealHost {
  const layout = hostLayout({ name, directory: join(cloud.stateDir, 'hosts', name) });
  const inside: RealHost['inside'] = (command, ...args) => enter(layout.netnsFile, command, args);
  const near: RealHost['near'] = async (networkId, command, ...args) => {
    const netns = await servingNamespace(layout.netns, networkId);
    return netns === undefined ? undefined : await enter(netnsPath(netns), command, args);
  };
  const guests = async () => {
    const pids = await processesIn(layout);
    const commands = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
    // libvirt also runs QEMU briefly to probe its capabilities, without a guest.
    return pids.filter((_, at) => /qemu-system/.test(commands[at] ?? '') && /guest=/.test(commands[at] ?? ''));
  };
  const remains = async () => {
    const links = (await inside('ip', '-o', 'link')) ?? '';
    const taps = [...links.matchAll(/^\d+: (tap[^:@]*)/gm)].map(([, tap]) => `interface ${tap}`);
    const directories = await readdir(join(layout.directory, 'instances')).catch((): string[] => []);
    return [...(await guests()).map((pid) => `process ${pid}`), ...taps, ...directories.map((directory) => `directory ${directory}`)];
  };
  return { inside, near, guests, remains };
}
