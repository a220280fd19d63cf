import { expect, test } from 'vitest';
import { planHostIp } from './host-ip.ts';

const pool = (start: string, end: string) => ({ start: `10.1.0.${start}`, end: `10.1.0.${end}` });
const bare = { cidr: '10.1.0.0/29', gatewayIp: null, enableDhcp: true, allocationPools: [pool('1', '6')], isRouted: false };

test.each<[what: string, subnet: Partial<Parameters<typeof planHostIp>[0]>, taken: string[], hostIp: string | null]>([
  ['the last address where the pool has all of them', {}, [], '10.1.0.6'],
  ['the last one that is free', {}, ['10.1.0.6', '10.1.0.5', '10.1.0.1'], '10.1.0.4'],
  ['rather one before the pool', { allocationPools: [pool('2', '6')] }, [], '10.1.0.1'],
  ['rather one between pools', { allocationPools: [pool('4', '6'), pool('1', '2')] }, [], '10.1.0.3'],
  ['rather one behind the pool', { allocationPools: [pool('1', '4')] }, ['10.1.0.5'], '10.1.0.6'],
  ['none beside a gateway', { gatewayIp: '10.1.0.1' }, [], null],
  [
    'another one beside a gateway that is a router',
    { gatewayIp: '10.1.0.1', isRouted: true, allocationPools: [pool('2', '6')] },
    [],
    '10.1.0.6',
  ],
  ['none without DHCP', { enableDhcp: false }, [], null],
  ['none in version 6', { cidr: 'fd00::/64', allocationPools: [] }, [], null],
])('hosts hold %s', (_what, subnet, taken, hostIp) => {
  expect(planHostIp({ ...bare, ...subnet }, { before: null, taken })).toBe(hostIp);
});

test('hosts keep the address that they have, and DHCP needs a free one', () => {
  expect(planHostIp(bare, { before: '10.1.0.3', taken: [] })).toBe('10.1.0.3');
  const all = Array.from({ length: 6 }, (_, at) => `10.1.0.${at + 1}`);
  expect(() => planHostIp(bare, { before: null, taken: all })).toThrow('needs a free address');
});
