import { expect, test } from 'vitest';
import type { HostNetworking } from './driver.ts';
import { AppliedState } from './applied-state.ts';
import { sampleNetwork, samplePort, sampleRule } from '../network-samples.ts';

const network = sampleNetwork(11);
const [one, two] = [samplePort(network, 2), samplePort(network, 3)];
const tunnel = { networkId: network.id, vni: 7, localAddress: '192.0.2.1', peers: [] };
const applied = (): AppliedState => new AppliedState({ networks: [network], ports: [one, two] });

test.each<[what: string, wanted: HostNetworking, difference: ReturnType<AppliedState['differenceTo']>]>([
  ['the same in another order', { networks: [network], ports: [two, { ...one }] }, new Set()],
  ['another rule', { networks: [network], ports: [one, { ...two, rules: [sampleRule()] }] }, new Set(['rules'])],
  ['a guest elsewhere', { networks: [network], ports: [one, two], tunnels: [tunnel] }, new Set(['tunnels'])],
  ['another address', { networks: [network], ports: [one, { ...two, fixedIps: [] }] }, 'more'],
  ['one port less', { networks: [network], ports: [one] }, 'more'],
  ['another port', { networks: [network], ports: [one, samplePort(network, 4)] }, 'more'],
  ['another network', { networks: [{ ...network, mtu: 9000 }], ports: [one, two] }, 'more'],
])('%s is recognised', (_what, wanted, difference) => {
  expect(applied().differenceTo(wanted)).toEqual(difference);
});

test('ports plugged and unplugged later are tracked', () => {
  const [other, third] = [sampleNetwork(12), samplePort(sampleNetwork(12), 4)];
  const host = applied();
  host.plugged(third, other);
  host.unplugged(one.id);
  expect(host.differenceTo({ networks: [network, other], ports: [two, third] })).toEqual(new Set());
});
