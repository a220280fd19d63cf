import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lockSubnetsOf, subnetsOf, updateSubnet } from '../../db/stores/network/networks.ts';
import { deletePort, findPort } from '../../db/stores/network/ports.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import type { PortId } from '../../objects/ids.ts';
import type { Network } from '../../objects/network.ts';
import { InvalidIpForNetwork, IpAddressGenerationFailure, IpAddressInUse, MacAddressInUse } from '../errors.ts';
import { makePort, type NewPort } from './make-port.ts';
import { startTestCloud, type TestCloud } from '../test-cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud?.database.drop());

const make = (network: Network, more: Partial<NewPort> = {}): Promise<PortId> =>
  cloud.database.db.transaction().execute(async (trx) => {
    const subnets = await lockSubnetsOf(trx, [network.id]);
    return await makePort(trx, systemIds, { networkId: network.id, projectId: 'p', subnets, groupIds: [], columns: {}, ...more });
  });

const addressesOf = async (id: PortId): Promise<readonly string[]> =>
  (await findPort(cloud.database.db, id, null))?.fixedIps.map(({ ipAddress }) => ipAddress) ?? [];

/** What a caller may do next: take any address, take a given one (by its last byte), or delete the n-th port. */
const act = fc.oneof(
  fc.record({ kind: fc.constant('any' as const) }),
  fc.record({ kind: fc.constant('this' as const), last: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('back' as const), nth: fc.nat(9) }),
);

test('the allocator gives the lowest free address of its pools, never the gateway, and refuses as a simple model does', async () => {
  let octet = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 20 }), async (acts) => {
      octet++;
      const network = await cloud.addNetwork({ projectId: 'p', cidr: `10.100.${octet}.0/28` });
      const [subnet] = await subnetsOf(cloud.database.db, [network.id]);
      const address = (last: number) => `10.100.${octet}.${last}`;
      // Two pools with a gap: .2-.4 and .8-.10.
      const pools = [
        { start: address(2), end: address(4) },
        { start: address(8), end: address(10) },
      ];
      await updateSubnet(cloud.database.db, subnet?.id ?? '', { allocation_pools: JSON.stringify(pools) });
      const held = new Map<PortId, number>();
      for (const one of acts) {
        const taken = new Set(held.values());
        if (one.kind === 'back') {
          const id = [...held.keys()][one.nth];
          if (id === undefined) continue;
          await deletePort(cloud.database.db, id);
          held.delete(id);
        } else if (one.kind === 'any') {
          const free = [2, 3, 4, 8, 9, 10].find((last) => !taken.has(last));
          if (free === undefined) await expect(make(network)).rejects.toSatisfy(IpAddressGenerationFailure.is);
          else {
            const id = await make(network);
            expect(await addressesOf(id)).toEqual([address(free)]);
            held.set(id, free);
          }
        } else {
          const asked = make(network, { addresses: [{ ipAddress: address(one.last) }] });
          if (one.last === 0 || one.last > 14) await expect(asked).rejects.toSatisfy(InvalidIpForNetwork.is);
          else if (one.last === 1 || taken.has(one.last)) await expect(asked).rejects.toSatisfy(IpAddressInUse.is);
          else held.set(await asked, one.last);
        }
      }
    }),
    { numRuns: 25 },
  );
});

test('a network with both versions gives one address of each', async () => {
  const network = await cloud.addNetwork({ projectId: 'p', cidr: '10.101.0.0/24' });
  const { db } = cloud.database;
  await cloud.addSubnet(network, 'fd00::/64');
  expect(await addressesOf(await make(network))).toEqual(['10.101.0.2', 'fd00::2']);
  expect(await addressesOf(await make(network))).toEqual(['10.101.0.3', 'fd00::3']);
  expect(await addressesOf(await make(network, { addresses: [{ ipAddress: 'fd00:0::00ff' }] }))).toEqual(['fd00::ff']);
  expect((await subnetsOf(db, [network.id])).map(({ ipVersion }) => ipVersion)).toEqual([4, 6]);
});

test('a second subnet is used when the first is full', async () => {
  const network = await cloud.addNetwork({ projectId: 'p', cidr: '10.102.0.0/30' });
  await cloud.addSubnet(network, '10.103.0.0/30');
  expect(await addressesOf(await make(network))).toEqual(['10.102.0.2']);
  expect(await addressesOf(await make(network))).toEqual(['10.103.0.2']);
  await expect(make(network)).rejects.toMatchObject({ params: { taken: 2, total: '2' } });
});

test('a MAC address is unique in a network', async () => {
  const network = await cloud.addNetwork({ projectId: 'p', cidr: '10.104.0.0/24' });
  const macAddress = 'fa:16:3e:00:00:01';
  await make(network, { macAddress });
  await expect(make(network, { macAddress })).rejects.toSatisfy(MacAddressInUse.is);
});
