import { describe } from 'vitest';
import { describeNetworkDriver } from '../../driver.contract.ts';
import { lacking, makeTestHost } from './test-host.ts';

const missing = process.env['CI'] === 'true' ? undefined : await lacking();

describe.skipIf(missing)(missing ? `skipped: ${missing} is missing` : 'on a host of its own', () => {
  describeNetworkDriver('flat-dhcp', async () => {
    const { driver, cleanUp } = await makeTestHost();
    return { driver, cleanUp };
  });
});
