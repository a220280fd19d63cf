/** What guests can do and cannot, tried with guests that misbehave. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PortId, asId } from '../../../../objects/ids.ts';
import type { HostPort } from '../../driver.ts';
import { sampleNetwork, samplePort, sampleRule } from '../../../network-samples.ts';
import { commandSucceeds } from '../../shell/host-shell.ts';
import { listenInside } from '../../shell/listen-inside.ts';
import { type TestGuest, type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'guests of one host', () => {
  const network = sampleNetwork(20);
  const other = sampleNetwork(21);
  const a = samplePort(network, 11);
  const b = samplePort(network, 12);
  const far = samplePort(other, 13);
  const ports = [a, b, far];
  let host: TestHost;
  let guestA: TestGuest;
  let guestB: TestGuest;
  let guestFar: TestGuest;
  const allow = (port: HostPort, ...rules: HostPort['rules']) =>
    host.driver.updateSecurity([{ ...port, rules: [...port.rules, ...rules] }]);

  beforeAll(async () => {
    host = await makeTestHost();
    await host.driver.converge({ networks: [network, other], ports: [] });
    guestA = await host.guest(await host.driver.plug(a, network));
    guestB = await host.guest(await host.driver.plug(b, network));
    guestFar = await host.guest(await host.driver.plug(far, other));
    await guestA.configure('10.20.0.11', '10.20.0.1');
    await guestB.configure('10.20.0.12', '10.20.0.1');
    await guestFar.configure('10.21.0.13', '10.21.0.1');
  });
  afterAll(() => host?.cleanUp());

  test('DHCP gives a guest exactly its address, name, MTU, routes and name servers', async () => {
    expect(await guestA.dhcp()).toMatchObject({
      ip: '10.20.0.11',
      mask: '24',
      router: '10.20.0.1',
      dns: '9.9.9.9',
      domain: 'novalocal',
      hostname: 'vm-11',
      mtu: '1400',
      lease: '120',
      serverid: '10.20.0.1',
      staticroutes: '169.254.169.254/32 10.20.0.1 10.99.0.0/16 10.20.0.2 0.0.0.0/0 10.20.0.1',
    });
  });

  test('a guest answers its host where its rules say so', async () => {
    const ids = [a.id, b.id, asId<PortId>('00000000-0000-4000-8000-000000000000')];
    expect(await host.driver.answering(ids)).toEqual([]);
    await allow(b, sampleRule({ protocol: 'icmp' }));
    expect(await host.driver.answering(ids)).toEqual([b.id]);
    await allow(b);
  });

  test('a guest answers another only where its rules say so', async () => {
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    await allow(b, sampleRule({ protocol: 'icmp' }));
    expect(await guestA.pings('10.20.0.12')).toBe(true);
    await allow(b, sampleRule({ protocol: 'icmp', remote: { kind: 'addresses', addresses: ['10.20.0.77'] } }));
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    await allow(b, sampleRule({ remote: { kind: 'cidr', cidr: '10.20.0.0/24' } }));
    expect(await guestA.pings('10.20.0.12')).toBe(true);
    await allow(b);
  });

  test('a rule opens its port and no other, and ends its connections when it goes', async () => {
    const [open, closed] = [await listenInside(guestB.netns, '10.20.0.12', 8080), await listenInside(guestB.netns, '10.20.0.12', 8082)];
    await allow(b, sampleRule({ protocol: 'tcp', portMin: 8080, portMax: 8081 }));
    expect(await guestA.reaches('10.20.0.12', 8082)).toBe(false);
    const connected = once(open, 'connection');
    const sends = guestA.succeeds('sh', ['-c', '(echo soon; sleep 1; echo late; sleep 1) | busybox timeout 3 busybox nc 10.20.0.12 8080']);
    const [socket] = await connected;
    const heard: string[] = [];
    socket.setEncoding('utf8').on('data', (text: string) => heard.push(text));
    await expect.poll(() => heard).toEqual(['soon\n']);
    await allow(b);
    await sends;
    expect(heard).toEqual(['soon\n']);
    socket.destroy();
    open.close();
    closed.close();
  });

  test('a guest without egress rules cannot send', async () => {
    await host.driver.updateSecurity([
      { ...a, rules: [] },
      { ...b, rules: [...b.rules, sampleRule({ protocol: 'icmp' })] },
    ]);
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    await host.driver.updateSecurity([a]);
    expect(await guestA.pings('10.20.0.12')).toBe(true);
  });

  test('the host answers no guest but for DHCP, and networks do not reach each other', async () => {
    await host.shell.run('sh', ['-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
    await allow(far, sampleRule());
    expect(await guestA.pings('10.20.0.1')).toBe(false);
    expect(await guestA.pings('10.21.0.13')).toBe(false);
    expect(await guestFar.pings('10.20.0.12')).toBe(false);
  });

  test('from where the network is served a guest is reached by the same rules as from others, and not at all from the host', async () => {
    const pings = () => commandSucceeds(host.serving(network), 'busybox', ['ping', '-c', '1', '-W', '1', '10.20.0.12']);
    await allow(b);
    expect(await pings()).toBe(false);
    await allow(b, sampleRule({ protocol: 'icmp' }));
    expect(await pings()).toBe(true);
    expect(await host.pings('10.20.0.12')).toBe(false);
  });

  test('a guest cannot take the address of another', async () => {
    await guestA.shell.run('ip', ['address', 'add', '10.20.0.99/24', 'dev', 'eth0']);
    expect(await guestA.pings('10.20.0.12', { from: '10.20.0.99' })).toBe(false);
    expect(await guestA.pings('10.20.0.12', { from: '10.20.0.11' })).toBe(true);
  });

  test('an allowed address pair makes a further address its own', async () => {
    const paired = { ...a, allowedAddressPairs: [{ ipAddress: '10.20.0.96/28' }] };
    await host.driver.updateSecurity([paired]);
    expect(await guestA.pings('10.20.0.12', { from: '10.20.0.99' })).toBe(true);
    await host.driver.updateSecurity([a]);
    await guestA.shell.run('ip', ['address', 'del', '10.20.0.99/24', 'dev', 'eth0']);
  });

  test('a guest cannot answer ARP for an address of another', async () => {
    // B asks who has .99; A would answer, as it holds that address.
    await guestA.shell.run('ip', ['address', 'add', '10.20.0.99/32', 'dev', 'lo']);
    expect(await guestB.asksWhoHas('10.20.0.99')).toBe(false);
    expect(await guestB.asksWhoHas('10.20.0.11')).toBe(true);
    await guestA.shell.run('ip', ['address', 'del', '10.20.0.99/32', 'dev', 'lo']);
  });

  // Fault 2026-11 E9.
  test('a guest cannot announce its own address at the hardware address of another', async () => {
    const forged = 'fa:16:3e:66:66:66';
    // A's kernel writes the forged address into ARP, and the frames get A's own again: only what ARP says is wrong.
    const rewrite = `ether saddr set ${a.macAddress}`;
    const chain = '{ type filter hook egress device eth0 priority 0; }';
    const commands = `add table netdev forge; add chain netdev forge out ${chain}; add rule netdev forge out ${rewrite}`;
    await guestA.shell.run('nft', [commands]);
    await guestA.shell.run('ip', ['link', 'set', 'eth0', 'address', forged]);
    const learned = async () => {
      await guestB.shell.run('ip', ['neigh', 'flush', 'dev', 'eth0']);
      await guestA.asksWhoHas('10.20.0.12');
      return (await guestB.shell.run('ip', ['neigh', 'show', '10.20.0.11'])).stdout;
    };
    expect(await learned()).not.toContain(forged);
    await host.driver.updateSecurity([{ ...a, portSecurityEnabled: false }]);
    expect(await learned()).toContain(forged);
    await host.driver.updateSecurity([a]);
    await guestA.shell.run('ip', ['link', 'set', 'eth0', 'address', a.macAddress]);
    await guestA.shell.run('nft', ['delete table netdev forge']);
    expect(await learned()).toContain(a.macAddress);
    await allow(b, sampleRule({ protocol: 'icmp' }));
    await expect.poll(() => guestA.pings('10.20.0.12')).toBe(true);
  });

  test('frames with another hardware address are dropped', async () => {
    await guestA.shell.run('ip', ['link', 'set', 'eth0', 'address', 'fa:16:3e:66:66:66']);
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    expect(await guestA.dhcp(1)).toBeUndefined();
    await guestA.shell.run('ip', ['link', 'set', 'eth0', 'address', a.macAddress]);
    await expect.poll(() => guestA.pings('10.20.0.12')).toBe(true);
  });

  test('a port without port security may send what it likes and receives everything', async () => {
    await host.driver.updateSecurity([{ ...a, portSecurityEnabled: false }]);
    await guestA.shell.run('ip', ['address', 'add', '10.20.0.98/24', 'dev', 'eth0']);
    expect(await guestA.pings('10.20.0.12', { from: '10.20.0.98' })).toBe(true);
    expect(await guestB.pings('10.20.0.11')).toBe(true);
    await guestA.shell.run('ip', ['address', 'del', '10.20.0.98/24', 'dev', 'eth0']);
    await host.driver.updateSecurity([a]);
    expect(await guestB.pings('10.20.0.11')).toBe(false);
  });

  test('a DHCP server in a guest is blocked, whatever the rules', async () => {
    const rogue = join(host.stateDir, 'rogue');
    const config = `start 10.20.0.200\nend 10.20.0.210\ninterface eth0\nlease_file ${rogue}.leases\npidfile ${rogue}.pid\n`;
    await writeFile(`${rogue}.conf`, config);
    await writeFile(`${rogue}.leases`, '');
    await guestA.shell.run('busybox', ['udhcpd', `${rogue}.conf`]);
    // B has no address of its own, so an answer can come only from A.
    const [openA, openB] = [a, b].map((port) => ({ ...port, rules: [...port.rules, sampleRule()] }));
    await host.driver.plug({ ...b, ...openB, fixedIps: [], portSecurityEnabled: false }, network);
    await host.driver.updateSecurity([{ ...a, portSecurityEnabled: false }]);
    expect(await guestB.dhcp()).toMatchObject({ ip: expect.stringMatching(/^10\.20\.0\.2\d\d$/) });
    await host.driver.updateSecurity([{ ...a, ...openA }]);
    expect(await guestB.dhcp(2)).toBeUndefined();
    await host.driver.plug(b, network);
    expect(await guestB.dhcp()).toMatchObject({ ip: '10.20.0.12', serverid: '10.20.0.1' });
  });

  test('traffic from a tap without a port is dropped', async () => {
    await allow(b, sampleRule());
    expect(await guestA.pings('10.20.0.12')).toBe(true);
    await host.driver.unplug(a.id);
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    await host.driver.plug(a, network);
    expect(await guestA.pings('10.20.0.12')).toBe(true);
  });

  test('all of it holds where the namespace does not filter bridged packets by itself', async () => {
    await host.shell.run('sh', ['-c', 'echo 0 > /proc/sys/net/bridge/bridge-nf-call-iptables']);
    await allow(b);
    expect(await guestA.pings('10.20.0.12')).toBe(false);
    expect(await host.driver.converge({ networks: [network, other], ports })).not.toContainEqual(
      expect.objectContaining({ part: 'bridge' }),
    );
  });

  test('a guest receives no faster than its limit', async () => {
    const answered = async (limits?: HostPort['limits']) => {
      const open = [a, b].map((port) => ({ ...port, portSecurityEnabled: false }));
      const limited = open.map((port) => (port.id === b.id && limits ? { ...port, limits } : port));
      await host.driver.converge({ networks: [network, other], ports: [...limited, far] });
      const pings = ['ping', '-c', '20', '-i', '0.1', '-s', '1200', '-W', '1', '10.20.0.12'];
      const { stdout } = await guestA.shell.run('busybox', pings);
      return Number(/ (\d+) packets received/.exec(stdout)?.[1]);
    };
    expect(await answered()).toBe(20);
    // 1000 bytes a second, after a burst of 10000: some eight of these, and one a second.
    const few = await answered({ ingress: { maxKbps: 8, maxBurstKbps: 80 } });
    expect(few).toBeGreaterThan(2);
    expect(few).toBeLessThan(16);
    await host.driver.converge({ networks: [network, other], ports });
  });
});
