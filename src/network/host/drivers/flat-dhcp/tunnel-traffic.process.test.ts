/** Guests of two hosts in one network, and behind one router: each host is a namespace, and a link between them is the way. */
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { routed, sampleNetwork, samplePort, sampleRouter, sampleRule } from '../../../network-samples.ts';
import { tapName, tunnelName } from '../../device-names.ts';
import type { HostPort } from '../../driver.ts';
import type { HostPeer, HostTunnel } from '../../host-tunnel.ts';
import { hostShell } from '../../shell/host-shell.ts';
import { type TestGuest, type TestHost, lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'guests of two hosts', () => {
  const rules = [sampleRule({ direction: 'egress' }), sampleRule({ protocol: 'icmp' }), sampleRule({ protocol: 'tcp' })];
  const [green, blue] = [routed(sampleNetwork(20)), routed(sampleNetwork(21))];
  /** The addresses of green, in a network of another tenant. */
  const twin = { ...sampleNetwork(22), subnets: sampleNetwork(20).subnets };
  const port = (network: typeof green, at: number) => samplePort(network, at, { rules });
  const west = [port(green, 5), port(blue, 6), port(twin, 5)];
  const east = [port(green, 7), port(blue, 8), port(twin, 7)];
  const networks = [green, blue, twin];
  const routers = [sampleRouter([green, blue], undefined)];
  const [WEST, EAST] = ['192.0.2.1', '192.0.2.2'];
  let [westHost, eastHost]: TestHost[] = [];
  const guests = new Map<string, TestGuest>();

  const tunnelsTo = (localAddress: string, peerAddress: string, ports: readonly HostPort[]): HostTunnel[] =>
    networks.map(({ id }, at) => ({
      networkId: id,
      vni: 100 + at,
      localAddress,
      peers: [
        peer(
          peerAddress,
          ports.filter(({ networkId }) => networkId === id),
        ),
      ],
    }));
  const wantedInWest = (here = west, there = east) => ({ networks, routers, ports: here, tunnels: tunnelsTo(WEST, EAST, there) });
  const wantedInEast = (here = east, there = west) => ({ networks, routers, ports: here, tunnels: tunnelsTo(EAST, WEST, there) });
  const plugged = async (host: TestHost, { id, networkId, ...rest }: HostPort) => {
    const network = networks.find((one) => one.id === networkId) ?? green;
    const guest = await host.guest(await host.driver.plug({ id, networkId, ...rest }, network));
    await guest.configure(rest.fixedIps[0]?.ipAddress ?? '', network.subnets[0]?.gatewayIp ?? '');
    guests.set(id, guest);
  };
  const guest = (which: HostPort | undefined): TestGuest => {
    const found = guests.get(which?.id ?? '');
    if (!found) throw new Error('unreachable: every port has a guest');
    return found;
  };

  beforeAll(async () => {
    [westHost, eastHost] = [await makeTestHost(), await makeTestHost()];
    const root = hostShell({ netns: null });
    await root.run('ip', ['link', 'add', 'ul0', 'netns', westHost.netns, 'type', 'veth', 'peer', 'name', 'ul0', 'netns', eastHost.netns]);
    for (const [host, address] of [
      [westHost, WEST],
      [eastHost, EAST],
    ] as const) {
      await host.shell.run('ip', ['address', 'add', `${address}/24`, 'dev', 'ul0']);
      await host.shell.run('ip', ['link', 'set', 'ul0', 'up']);
    }
    await westHost.driver.converge({ ...wantedInWest(), ports: [] });
    await eastHost.driver.converge({ ...wantedInEast(), ports: [] });
    for (const one of west) await plugged(westHost, one);
    for (const one of east) await plugged(eastHost, one);
  });
  afterAll(async () => {
    await westHost?.cleanUp();
    await eastHost?.cleanUp();
  });

  test('hear each other in one network, also with packets of full size, and get their addresses from their own host', async () => {
    expect(await westHost?.driver.converge(wantedInWest())).toEqual([]);
    expect(await eastHost?.driver.converge(wantedInEast())).toEqual([]);
    expect(await guest(west[0]).pings(addressOf(east[0]))).toBe(true);
    expect(await guest(east[0]).pings(addressOf(west[0]))).toBe(true);
    expect(await guest(west[0]).succeeds('ping', ['-c', '1', '-W', '1', '-M', 'do', '-s', '1372', addressOf(east[0])])).toBe(true);
    for (const one of [west[0], east[0]]) expect(await guest(one).dhcp()).toMatchObject({ ip: addressOf(one), serverid: '10.20.0.254' });
  });

  test('do not hear those of another network with the same addresses', async () => {
    const { stdout } = await guest(west[2]).shell.run('ip', ['neigh', 'show']);
    expect(stdout).not.toContain(east[0]?.macAddress);
    expect(await guest(west[2]).pings(addressOf(east[2]))).toBe(true);
    await guest(east[2]).shell.run('ip', ['link', 'set', 'eth0', 'down']);
    expect(await guest(west[2]).pings(addressOf(east[2]))).toBe(false);
    expect(await guest(west[0]).pings(addressOf(east[0]))).toBe(true);
  });

  test('reach those behind their router, whichever host they are on', async () => {
    expect(await guest(west[0]).pings(addressOf(east[1]))).toBe(true);
    expect(await guest(east[1]).pings(addressOf(west[0]))).toBe(true);
    expect(await guest(east[0]).pings(addressOf(west[1]))).toBe(true);
    expect(await guest(west[0]).pings(addressOf(west[1]))).toBe(true);
    // A connection sees another router on its way back, and goes on all the same.
    const serve = guest(east[1]).shell.run('sh', ['-c', 'yes | head -c 200000 | busybox timeout 5 busybox nc -l -p 8080']);
    await setTimeout(500);
    const { stdout } = await guest(west[0]).shell.run('sh', [
      '-c',
      `sleep 3 | busybox timeout 5 busybox nc ${addressOf(east[1])} 8080 | wc -c`,
    ]);
    await serve.catch(() => {});
    expect(Number(stdout)).toBe(200_000);
  });

  test('are still known and reached after a restart of the service, and with what it had to be told again', async () => {
    await westHost?.driver.close();
    const next = westHost?.newDriver();
    expect(await next?.converge(wantedInWest())).toEqual([]);
    await westHost?.shell.run('ip', ['link', 'del', tunnelName(green.id)]);
    expect(await guest(west[0]).pings(addressOf(east[0]))).toBe(false);
    expect((await next?.converge(wantedInWest()))?.map(({ part }) => part)).toEqual(['tunnel']);
    expect(await guest(west[0]).pings(addressOf(east[0]))).toBe(true);
    await next?.close();
  });

  test('are reached at once on the host to which they move, before anybody is told', async () => {
    const [walker] = east;
    const [stays] = west;
    if (!walker || !westHost || !eastHost) throw new Error('unreachable: there are hosts and guests');
    // One more on the east host, which sees the walker leave.
    const left = samplePort(green, 9, { rules });
    await eastHost.driver.converge(wantedInEast([...east, left]));
    await plugged(eastHost, left);
    await westHost.driver.converge(wantedInWest(west, [...east, left]));
    expect(await guest(stays).pings(addressOf(walker))).toBe(true);
    expect(await guest(left).pings(addressOf(walker))).toBe(true);
    // Bound to both for the while, as live migration has it.
    await westHost.driver.converge(wantedInWest([...west, walker], [...east, left]));
    await eastHost.shell.run('ip', ['link', 'del', tapName(walker.id)]);
    await plugged(westHost, walker);
    await guest(walker).pings('10.20.0.1');
    expect(await guest(stays).pings(addressOf(walker))).toBe(true);
    expect(await guest(left).pings(addressOf(walker))).toBe(true);
    const rest = [...east.slice(1), left];
    await eastHost.driver.converge(wantedInEast(rest, [...west, walker]));
    await westHost.driver.updateTunnels(tunnelsTo(WEST, EAST, rest));
    expect(await guest(left).pings(addressOf(walker))).toBe(true);
    expect(await guest(east[1]).pings(addressOf(walker))).toBe(true);
  });

  test('frames of a stranger are not let in', async () => {
    const before = Number(await droppedBy(westHost));
    await eastHost?.shell.run('ip', ['address', 'add', '192.0.2.66/24', 'dev', 'ul0']);
    const frame =
      "const s = require('dgram').createSocket('udp4'); s.bind(0, '192.0.2.66', () => s.send('x', 4789, '192.0.2.1', () => s.close()))";
    await eastHost?.shell.run(process.execPath, ['-e', frame]);
    await expect.poll(async () => Number(await droppedBy(westHost))).toBe(before + 1);
  });

  test('leave nothing of the ways when the other host has no guests of the network any more', async () => {
    await westHost?.driver.updateTunnels([]);
    expect((await westHost?.shell.run('ip', ['-br', 'link']))?.stdout).not.toContain('nvx');
    expect((await westHost?.shell.run('nft', ['list', 'tables']))?.stdout).not.toMatch(/nova_(anycast|underlay)/);
    expect(await westHost?.driver.converge({ ...wantedInWest([...west, ...east.slice(0, 1)]), tunnels: [] })).toEqual([]);
  });
});

const peer = (address: string, ports: readonly HostPort[], isActive = true): HostPeer => ({
  address,
  ports: ports.map(({ macAddress, fixedIps }) => ({ macAddress, ipAddresses: fixedIps.map(({ ipAddress }) => ipAddress), isActive })),
});

const addressOf = (which: HostPort | undefined) => which?.fixedIps[0]?.ipAddress ?? '';

/** How many packets of the tunnels' port a host did not let in. */
const droppedBy = async (host: TestHost | undefined) =>
  (await host?.shell.run('nft', ['list', 'ruleset']))?.stdout.match(/udp dport != 4789[^}]*?packets (\d+)/)?.[1];
