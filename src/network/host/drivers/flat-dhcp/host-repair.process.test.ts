/** What converge puts right on a host that was disturbed, and what it never touches. */
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isIdOf, namedAccounts } from '../../../../lib/accounts/account.ts';
import { SubnetIsOfHost } from '../../driver.ts';
import { sampleExternal, sampleNetwork, samplePort } from '../../../network-samples.ts';
import { bridgeName, SERVING_DEVICE } from '../../device-names.ts';
import { pidsWithArgument } from './daemon-process.ts';
import { cloudMark } from './cloud-mark.ts';
import { lendForwarding, returnForwarding } from './forwarding.ts';
import { type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'a disturbed host', () => {
  const network = sampleNetwork(20);
  const port = samplePort(network, 11);
  const wanted = { networks: [network], ports: [port] };
  const bridge = bridgeName(network);
  let host: TestHost;
  const daemon = () => `--conf-file=${join(host.stateDir, 'dhcp', bridge, 'dnsmasq.conf')}`;
  const parts = async () => (await host.driver.converge(wanted)).map(({ part }) => part);

  beforeEach(async () => {
    host = await makeTestHost();
    await host.driver.converge(wanted);
  });
  afterEach(() => host.cleanUp());

  test('a killed dnsmasq is started again', async () => {
    const [pid = 0] = await pidsWithArgument(daemon());
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => pidsWithArgument(daemon())).toEqual([]);
    expect(await parts()).toEqual(['dhcp']);
    expect(await pidsWithArgument(daemon())).toHaveLength(1);
    expect(await parts()).toEqual([]);
  });

  // Fault 2026-11 B4.
  test('dnsmasq is never root: an account of its own, with network capabilities only, that can read nothing else', async () => {
    const [pid = 0] = await pidsWithArgument(daemon());
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const ids = /^Uid:(.*)$/m.exec(status)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
    expect(ids).toHaveLength(4);
    expect(ids.every((id) => isIdOf('dnsmasq', id))).toBe(true);
    expect((await namedAccounts()).map(({ uid }) => uid)).not.toContain(ids[0]);
    // CAP_NET_BIND_SERVICE, CAP_NET_ADMIN and CAP_NET_RAW are the bits 10, 12 and 13.
    expect(/^CapBnd:\s*0*(.*)$/m.exec(status)?.[1]).toBe('3400');
    const files = join(host.stateDir, 'dhcp', bridge);
    const owners = await Promise.all([files, join(files, 'dnsmasq.conf'), join(files, 'daemon', 'pid')].map((path) => stat(path)));
    expect(owners.map(({ uid }) => uid)).toEqual([0, 0, ids[0]]);
    expect((owners[0]?.mode ?? 0) & 0o7).toBe(0);
  });

  test('a pid file with the pid of another process is ignored', async () => {
    await host.shell.run('sh', ['-c', `echo ${process.pid} > ${join(host.stateDir, 'dhcp', bridge, 'daemon', 'pid')}`]);
    expect(await parts()).toEqual(['dhcp']);
    expect(await pidsWithArgument(daemon())).toHaveLength(1);
  });

  test('flushed filters, a deleted bridge, a lost address come back', async () => {
    await host.shell.run('nft', ['flush', 'ruleset']);
    expect(await parts()).toEqual(['filter']);
    await host.shell.run('nft', ['add', 'rule', 'inet', cloudMark('a cloud').table('nova_guests'), 'input', 'accept']);
    expect(await parts()).toEqual(['filter']);
    await host.shell.run('ip', ['link', 'del', bridge]);
    expect(await parts()).toEqual(['bridge', 'serving']);
    await host.serving(network).run('ip', ['link', 'del', SERVING_DEVICE]);
    expect(await parts()).toEqual(['serving', 'dhcp']);
    await host.serving(network).run('ip', ['address', 'del', '10.20.0.1/24', 'dev', SERVING_DEVICE]);
    await host.serving(network).run('nft', ['flush', 'ruleset']);
    expect(await parts()).toEqual(['serving']);
    await host.shell.run('ip', ['address', 'add', '10.20.0.250/24', 'dev', bridge]);
    await host.shell.run('ip', ['address', 'del', '169.254.169.254/32', 'dev', 'lo']);
    await host.shell.run('ip', ['link', 'set', bridge, 'mtu', '1300', 'type', 'bridge', 'nf_call_iptables', '0']);
    expect(await parts()).toEqual(['address', 'bridge', 'bridge', 'address']);
    expect(await parts()).toEqual([]);
  });

  test('a new driver on a host in order keeps its daemons and bridges', async () => {
    const before = await pidsWithArgument(daemon());
    const again = host.newDriver();
    expect(await again.converge(wanted)).toEqual([]);
    expect(await pidsWithArgument(daemon())).toEqual(before);
    await again.close();
  });

  test("an address whose former owner's lease lasts is given to its new owner", async () => {
    const former = await host.guest(await host.driver.plug(port, network));
    expect(await former.dhcp()).toMatchObject({ ip: '10.20.0.11' });
    await host.driver.unplug(port.id);
    const heir = { ...samplePort(network, 12), fixedIps: port.fixedIps };
    const guest = await host.guest(await host.driver.plug(heir, network));
    expect(await guest.dhcp()).toMatchObject({ ip: '10.20.0.11', hostname: 'vm-12' });
  });

  test("an operator's bridge is used and left, with what else it carries", async () => {
    await host.shell.run('ip', ['link', 'add', 'br-op', 'type', 'bridge']);
    await host.shell.run('ip', ['address', 'add', '192.0.2.1/24', 'dev', 'br-op']);
    await host.driver.converge({ networks: [sampleNetwork(22, { bridge: 'br-op' })], ports: [] });
    const own = async () => (await host.shell.run('ip', ['-json', 'address', 'show', 'br-op'])).stdout;
    expect(await own()).not.toContain('10.22.0.');
    expect((await host.driver.converge({ networks: [], ports: [] })).map(({ part }) => part)).toEqual([
      'filter',
      'bridge',
      'serving',
      'dhcp',
    ]);
    expect(await own()).toContain('192.0.2.1');
  });

  test('tear down leaves nothing of ours and everything of others', async () => {
    await host.shell.run('nft', ['add', 'table', 'inet', 'others']);
    await host.shell.run('ip', ['link', 'add', 'br-others', 'type', 'bridge']);
    await host.driver.tearDown();
    expect((await host.shell.run('nft', ['list', 'tables'])).stdout.trim()).toBe('table inet others');
    const links: { ifname: string }[] = JSON.parse((await host.shell.run('ip', ['-json', 'link', 'show'])).stdout);
    expect(links.map(({ ifname }) => ifname)).toEqual(['lo', 'br-others']);
    expect(await pidsWithArgument(daemon())).toEqual([]);
    expect(await readdir(join(host.stateDir, 'dhcp'))).toEqual([]);
    const addresses = await host.shell.run('ip', ['-json', 'address', 'show', 'lo']);
    expect(addresses.stdout).not.toContain('169.254.169.254');
  });

  test('forwarding that was lent is given back when the last who needs it has gone, and only then', async () => {
    const forwards = async () => (await host.shell.run('cat', ['/proc/sys/net/ipv4/ip_forward'])).stdout.trim();
    await host.shell.run('tee', ['/proc/sys/net/ipv4/ip_forward'], { input: '0\n' });
    await lendForwarding(host.shell);
    await lendForwarding(host.shell);
    expect(await forwards()).toBe('1');
    await host.shell.run('nft', ['add', 'table', 'ip', 'nova_uplink_01234567']);
    await returnForwarding(host.shell);
    expect(await forwards()).toBe('1');
    await host.shell.run('nft', ['delete', 'table', 'ip', 'nova_uplink_01234567']);
    await returnForwarding(host.shell);
    expect(await forwards()).toBe('0');
    // One that forwarded before goes on.
    await host.shell.run('tee', ['/proc/sys/net/ipv4/ip_forward'], { input: '1\n' });
    await lendForwarding(host.shell);
    await returnForwarding(host.shell);
    expect(await forwards()).toBe('1');
    expect((await host.shell.run('nft', ['list', 'tables', 'ip'])).stdout).not.toContain('nova_forwarding');
  });

  test("an external network that overlaps with one of the host's own is refused, and the host keeps its addresses", async () => {
    const own = ['address', 'show', 'dev', 'own0'];
    await host.shell.run('ip', ['link', 'add', 'own0', 'type', 'bridge']);
    await host.shell.run('ip', ['address', 'add', '172.24.0.9/16', 'dev', 'own0']);
    const before = (await host.shell.run('ip', own)).stdout;
    const clashing = sampleExternal(21);
    await expect(host.driver.plug(samplePort(clashing, 12), clashing)).rejects.toSatisfy(SubnetIsOfHost.is);
    const withClashing = { networks: [network, clashing], ports: [port, samplePort(clashing, 12)] };
    expect(await host.driver.converge(withClashing)).toEqual([]);
    expect((await host.shell.run('ip', ['-br', 'link'])).stdout).not.toContain(bridgeName(clashing));
    expect((await host.shell.run('ip', own)).stdout).toBe(before);
  });
});
