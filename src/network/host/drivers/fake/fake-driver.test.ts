import { expect, test } from 'vitest';
import { describeNetworkDriver } from '../../driver.contract.ts';
import { sampleNetwork, samplePort } from '../../../network-samples.ts';
import { type FakeFault, FakeNetworkDriver } from './fake-driver.ts';

describeNetworkDriver('fake', async () => ({ driver: new FakeNetworkDriver(), cleanUp: async () => {} }));

const noPlug: FakeFault = async (act) => {
  if (act === 'plug') throw new Error('no bridge today');
};

test('an injected fault makes the act fail and changes nothing', async () => {
  const network = sampleNetwork(20);
  const driver = new FakeNetworkDriver({ fault: noPlug });
  await driver.converge({ networks: [network], ports: [] });
  await expect(driver.plug(samplePort(network, 11), network)).rejects.toThrow('no bridge today');
  expect(driver.ports).toEqual([]);
});
