/** For tests: a host that is a network namespace without an uplink, and guests that are namespaces wired to its bridges. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../lib/clock/clock.ts';
import { silentLog } from '../../../../lib/log/log.ts';
import type { Vif } from '../../../../objects/network-info.ts';
import { commandSucceeds, hostShell } from '../../shell/host-shell.ts';
import { cloudMark } from './cloud-mark.ts';
import { Namespaces } from './namespaces.ts';
import { FlatDhcpDriver, type FlatDhcpOptions } from './flat-dhcp-driver.ts';

const root = hostShell({ netns: null });

/** One namespaced host with a driver on it. */
export async function makeTestHost(options: Partial<FlatDhcpOptions> = {}) {
  const netns = `nvtest-${randomBytes(4).toString('hex')}`;
  const stateDir = await mkdtemp(join(tmpdir(), 'nova-flat-dhcp-'));
  await root.run('ip', ['netns', 'add', netns]);
  const shell = hostShell({ netns });
  const newDriver = (other: Partial<FlatDhcpOptions> = {}) =>
    new FlatDhcpDriver({
      cloudId: 'a cloud',
      netns,
      stateDir,
      programDir: stateDir,
      clock: systemClock,
      log: silentLog,
      domain: 'novalocal',
      ...options,
      ...other,
    });
  const driver = newDriver();
  const guests: TestGuest[] = [];
  return {
    netns,
    stateDir,
    shell,
    driver,
    /** Another driver for the same host, as after a restart of the service, or of another cloud. */
    newDriver,
    pings: (address: string): Promise<boolean> => commandSucceeds(shell, 'busybox', ['ping', '-c', '1', '-W', '1', address]),
    /** The place from which a network is served. */
    serving: (network: { readonly id: string }) => new Namespaces(shell, cloudMark('a cloud'), 'network').shellOf(network.id),
    guest: async (vif: Vif): Promise<TestGuest> => {
      const guest = await makeTestGuest(netns, vif);
      guests.push(guest);
      return guest;
    },
    cleanUp: async (): Promise<void> => {
      await driver.close();
      for (const guest of guests) await guest.cleanUp();
      await newDriver().tearDown();
      await root.run('ip', ['netns', 'del', netns]);
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}

export type TestHost = Awaited<ReturnType<typeof makeTestHost>>;

/** What a guest got from DHCP, in the words of udhcpc. */
export type Lease = Readonly<Record<string, string>>;

/** Makes a namespace whose eth0 is the other end of the tap. */
async function makeTestGuest(host: string, vif: Vif) {
  const netns = `${host}-${vif.tap}`;
  const inHost = hostShell({ netns: host });
  const shell = hostShell({ netns });
  await root.run('ip', ['netns', 'add', netns]);
  await inHost.run('ip', ['link', 'add', vif.tap, 'mtu', String(vif.mtu), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns]);
  await inHost.run('ip', ['link', 'set', vif.tap, 'master', vif.bridge, 'up']);
  await shell.run('ip', ['link', 'set', 'lo', 'up']);
  await shell.run('ip', ['link', 'set', 'eth0', 'address', vif.macAddress, 'up']);
  const scripts = await mkdtemp(join(tmpdir(), 'nova-udhcpc-'));
  const script = join(scripts, 'script');
  await writeFile(script, '#!/bin/sh\n[ "$1" = bound ] && env\nexit 0\n', { mode: 0o755 });
  const succeeds = (command: string, args: readonly string[]) => commandSucceeds(shell, command, args);
  return {
    netns,
    shell,
    /** Asks DHCP and waits for an answer; undefined when there is none. Configures nothing. */
    dhcp: async (tries = 5): Promise<Lease | undefined> => {
      const args = [
        'udhcpc',
        '-i',
        'eth0',
        '-n',
        '-q',
        '-f',
        '-t',
        String(tries),
        '-T',
        '1',
        '-O',
        'mtu',
        '-O',
        'staticroutes',
        '-s',
        script,
      ];
      const bound = await shell.run('busybox', args).catch(() => undefined);
      return (
        bound && Object.fromEntries(bound.stdout.split('\n').map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]))
      );
    },
    /** Gives eth0 an address and a default route. */
    configure: async (address: string, gateway: string): Promise<void> => {
      await shell.run('ip', ['address', 'add', `${address}/24`, 'dev', 'eth0']);
      await shell.run('ip', ['route', 'add', 'default', 'via', gateway]);
    },
    pings: (address: string, { from }: { from?: string } = {}): Promise<boolean> =>
      succeeds('busybox', ['ping', '-c', '1', '-W', '1', ...(from ? ['-I', from] : []), address]),
    /** Whether someone claims the address when asked by ARP. */
    asksWhoHas: (address: string): Promise<boolean> => succeeds('busybox', ['arping', '-c', '1', '-w', '1', '-I', 'eth0', address]),
    /** Whether someone answers at this TCP port. */
    reaches: (address: string, port: number): Promise<boolean> =>
      succeeds('busybox', ['timeout', '1', 'busybox', 'nc', address, String(port)]),
    succeeds,
    cleanUp: async (): Promise<void> => {
      await inHost.run('ip', ['link', 'del', vif.tap]).catch(() => {});
      // Whatever lives in a namespace of ours was started by the test, also when it failed half-way.
      for (const pid of (await root.run('ip', ['netns', 'pids', netns])).stdout.split('\n').filter(Boolean)) process.kill(Number(pid));
      await root.run('ip', ['netns', 'del', netns]);
      await rm(scripts, { recursive: true, force: true });
    },
  };
}

export type TestGuest = Awaited<ReturnType<typeof makeTestGuest>>;

/** What this machine lacks to run a test host; undefined when nothing. With CI=true such a test must fail instead. */
export async function lacking(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'root';
  for (const tool of ['ip', 'nft', 'dnsmasq', 'ping', 'nsenter', 'busybox']) {
    const found = await root.run(tool, [tool === 'busybox' ? 'true' : ['ip', 'ping'].includes(tool) ? '-V' : '--version']).then(
      () => true,
      () => false,
    );
    if (!found) return tool;
  }
  return undefined;
}
