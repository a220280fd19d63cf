/** The contract suite of network drivers: uses only their interface, and is run by the test of each driver. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type PortId, asId } from '../../objects/ids.ts';
import { HostNotConverged, type NetworkDriver, SubnetsOverlap } from './driver.ts';
import { routed, sampleExternal, sampleNetwork, samplePort, sampleRouter, sampleRule } from '../network-samples.ts';

/** A driver on an untouched host, and how to clean that host up. */
export interface DriverUnderTest {
  readonly driver: NetworkDriver;
  readonly cleanUp: () => Promise<void>;
}

/** Declares the suite for one driver. */
export const describeNetworkDriver = (name: string, makeHost: () => Promise<DriverUnderTest>): void => {
  describe(`the network driver ${name}`, () => {
    const network = sampleNetwork(20);
    const [one, two] = [samplePort(network, 11), samplePort(network, 12)];
    let host: DriverUnderTest;
    const wantedIsSo = async (wanted: Parameters<NetworkDriver['converge']>[0]) => expect(await host.driver.converge(wanted)).toEqual([]);

    beforeEach(async () => {
      host = await makeHost();
    });
    afterEach(async () => {
      await host.driver.close();
      await host.cleanUp();
    });

    test('refuses to plug before the first converge', async () => {
      await expect(host.driver.plug(one, network)).rejects.toSatisfy(HostNotConverged.is);
      await expect(host.driver.unplug(one.id)).rejects.toSatisfy(HostNotConverged.is);
      await expect(host.driver.updateSecurity([one])).rejects.toSatisfy(HostNotConverged.is);
    });

    test('corrects a new host once, and nothing the second time', async () => {
      expect(await host.driver.converge({ networks: [network], ports: [one, two] })).not.toEqual([]);
      await wantedIsSo({ networks: [network], ports: [two, one] });
    });

    test('plugs ports so that converge finds nothing to do', async () => {
      await host.driver.converge({ networks: [], ports: [] });
      const vif = await host.driver.plug(one, network);
      expect(vif).toMatchObject({ portId: one.id, macAddress: one.macAddress, mtu: 1400 });
      expect(vif.tap.length).toBeLessThanOrEqual(15);
      expect(vif.bridge.length).toBeLessThanOrEqual(15);
      expect(await host.driver.plug(one, network)).toEqual(vif);
      await wantedIsSo({ networks: [network], ports: [one] });
    });

    test('puts overlapping calls in order', async () => {
      await host.driver.converge({ networks: [network], ports: [] });
      await Promise.all([host.driver.plug(one, network), host.driver.plug(two, network), host.driver.unplug(one.id)]);
      await wantedIsSo({ networks: [network], ports: [two] });
    });

    test('unplugs a port, and one that is not there', async () => {
      await host.driver.converge({ networks: [network], ports: [one, two] });
      await host.driver.unplug(one.id);
      await host.driver.unplug(one.id);
      await host.driver.unplug(asId<PortId>('00000000-0000-4000-8000-000000000000'));
      await wantedIsSo({ networks: [network], ports: [two] });
    });

    test('removes ports and networks that are not wanted any more', async () => {
      await host.driver.converge({ networks: [network], ports: [one] });
      expect(await host.driver.converge({ networks: [], ports: [] })).not.toEqual([]);
      await wantedIsSo({ networks: [], ports: [] });
    });

    test('changes the rules of its ports and ignores those of others', async () => {
      await host.driver.converge({ networks: [network], ports: [one] });
      const opened = { ...one, rules: [sampleRule({ protocol: 'tcp', portMin: 22, portMax: 22 })] };
      await host.driver.updateSecurity([opened, two]);
      await wantedIsSo({ networks: [network], ports: [opened] });
    });

    test('asks no port that is not here', async () => {
      expect(await host.driver.answering([one.id])).toEqual([]);
      await host.driver.converge({ networks: [network], ports: [one] });
      expect(await host.driver.answering([two.id])).toEqual([]);
    });

    test('carries routers as they are wanted', async () => {
      const [inside, outside] = [routed(network), sampleExternal(40)];
      const plain = { networks: [inside, outside], ports: [one], routers: [sampleRouter([inside], outside)] };
      expect((await host.driver.converge(plain)).map(({ part }) => part)).toContain('router');
      await wantedIsSo(plain);
      const floatingIps = [{ address: '172.24.40.9', fixedIp: '10.20.0.11' }];
      const routes = [{ destination: '10.77.0.0/16', nexthop: '10.20.0.12' }];
      const busy = { ...plain, routers: [sampleRouter([inside], outside, { floatingIps, routes, isTranslating: false })] };
      expect((await host.driver.converge(busy)).map(({ part }) => part)).toEqual(['router']);
      await wantedIsSo(busy);
      const inner = { networks: [inside], ports: [one], routers: [sampleRouter([inside], undefined)] };
      expect((await host.driver.converge(inner)).map(({ part }) => part)).toContain('router');
      await wantedIsSo(inner);
      const none = { networks: [network], ports: [one], routers: [] };
      expect((await host.driver.converge(none)).map(({ part }) => part)).toContain('router');
      await wantedIsSo(none);
    });

    test('carries networks with the same addresses beside each other', async () => {
      const twin = { ...sampleNetwork(21), subnets: network.subnets };
      const port = samplePort(twin, 13);
      await host.driver.converge({ networks: [network], ports: [one] });
      const vif = await host.driver.plug(port, twin);
      expect(vif.bridge).not.toBe((await host.driver.plug(one, network)).bridge);
      await wantedIsSo({ networks: [network, twin], ports: [one, port] });
    });

    test('leads to other hosts as wanted, and learns in place where their guests are', async () => {
      const ports = [{ macAddress: two.macAddress, ipAddresses: ['10.20.0.12'], isActive: true }];
      const tunnel = { networkId: network.id, vni: 77, localAddress: '127.0.0.1', peers: [{ address: '127.0.0.2', ports }] };
      await expect(host.driver.updateTunnels([tunnel])).rejects.toSatisfy(HostNotConverged.is);
      const wanted = { networks: [network], ports: [one] };
      await host.driver.converge(wanted);
      await host.driver.updateTunnels([tunnel]);
      await wantedIsSo({ ...wanted, tunnels: [tunnel] });
      const more = { ...tunnel, peers: [...tunnel.peers, { address: '127.0.0.3', ports: [] }] };
      await host.driver.updateTunnels([more]);
      await wantedIsSo({ ...wanted, tunnels: [more] });
      expect((await host.driver.converge({ ...wanted, tunnels: [tunnel] })).map(({ part }) => part)).toEqual(['tunnel']);
      expect(await host.driver.converge(wanted)).not.toEqual([]);
      await wantedIsSo(wanted);
    });

    test('gives up an external network that only a router is on for one that gets a port', async () => {
      const [inside, outside] = [routed(network), sampleExternal(40)];
      const twin = { ...sampleExternal(21), subnets: outside.subnets };
      await host.driver.converge({ networks: [inside, outside], ports: [], routers: [sampleRouter([inside], outside)] });
      const port = samplePort(twin, 13);
      await host.driver.plug(port, twin);
      await host.driver.converge({ networks: [twin], ports: [port], routers: [] });
      await wantedIsSo({ networks: [twin], ports: [port], routers: [] });
    });

    test('leaves out an external network that overlaps with another of the host, and refuses to plug into it', async () => {
      const outside = sampleExternal(40);
      const twin = { ...sampleExternal(21), subnets: outside.subnets };
      const port = samplePort(outside, 12);
      const wanted = { networks: [outside, twin], ports: [port, samplePort(twin, 13)] };
      await host.driver.converge(wanted);
      await wantedIsSo({ networks: [outside], ports: [port] });
      await wantedIsSo(wanted);
      await expect(host.driver.plug(samplePort(twin, 13), twin)).rejects.toSatisfy(SubnetsOverlap.is);
    });
  });
};
