/** `npm run administrator [-- --seed N --minutes M]`: makes, changes and deletes everything that an administrator can, in any order, and checks the cloud afterwards. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { startCloud } from '../support/cloud.ts';
import { administrate } from './administrate.ts';

const MINUTE_MS = 60_000;

const { values } = parseArgs({ options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: '60' } } });
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const cloud = await startCloud();
try {
  const endMs = systemClock.monotonicMs() + Number(values.minutes) * MINUTE_MS;
  const { statuses, faults } = await administrate(cloud, { seed: Number(values.seed), goesOn: () => systemClock.monotonicMs() < endMs });
  for (const [status, count] of [...statuses].sort()) say(`${status}: ${count}`);
  for (const fault of faults) say(`FAULT ${fault}`);
  say(`${faults.length} faults; once more: npm run administrator -- --seed ${values.seed} --minutes ${values.minutes}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
} finally {
  await cloud.destroy();
}
