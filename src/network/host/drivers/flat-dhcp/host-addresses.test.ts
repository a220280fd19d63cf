import { expect, test } from 'vitest';
import { bridgeName } from '../../device-names.ts';
import { sampleExternal, sampleNetwork } from '../../../network-samples.ts';
import { cloudMark } from './cloud-mark.ts';
import { isOfHost } from './host-addresses.ts';
import type { SeenLink } from './seen-links.ts';

const network = sampleExternal(20);
const bridge = bridgeName(network);
const cloud = cloudMark('a cloud');
const link = (name: string, addresses: string[], alias = ''): SeenLink => ({
  name,
  alias,
  addresses,
  index: 7,
  mtu: 1500,
  mac: '',
  bridge: undefined,
  isUp: true,
  filtersIp: true,
});

test.each<[what: string, links: SeenLink[], isTaken: boolean]>([
  ['a device in the same network takes it', [link('eth0', ['172.24.20.77/24'])], true],
  ['a device in a wider network takes it', [link('tun0', ['172.0.0.1/8'])], true],
  ['a single address within takes it', [link('lo', ['172.24.20.9/32'])], true],
  ['a device elsewhere does not', [link('eth0', ['172.24.21.77/24', 'fe80::1/64'])], false],
  ['another network of ours does not', [link('nvbr-other', ['172.24.20.1/24'], cloud.alias('other'))], false],
  // Fault 2026-11 B15.
  ['a network of another cloud takes it', [link('nvbr-other', ['172.24.20.1/24'], cloudMark('another').alias('other'))], true],
  ['the bridge itself does not', [link(bridge, ['172.24.20.9/24'])], false],
  ['what the bridge carries stays', [link(bridge, ['172.24.20.1/24'], 'nova-ts:x'), link('eth0', ['172.24.20.77/24'])], false],
])('%s', (_what, links, isTaken) => {
  const [subnet] = network.subnets;
  const seen = new Map(links.map((one) => [one.name, one]));
  expect(subnet && isOfHost(network, subnet, { seen, cloud })).toBe(isTaken);
});

test('a network that the host is not in takes nothing from it', () => {
  const other = sampleNetwork(20);
  const [subnet] = other.subnets;
  expect(subnet && isOfHost(other, subnet, { seen: new Map([['eth0', link('eth0', ['10.20.0.77/24'])]]), cloud })).toBe(false);
});
