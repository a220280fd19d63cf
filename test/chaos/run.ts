/** `npm run chaos [-- --seed N --kills K --guests real]`: injects K faults into its own cloud while clients work, and checks after each that nothing is stuck, lost or done twice. */
import { parseArgs } from 'node:util';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { runChaos } from './chaos.ts';
import { missingFor, startChaosCloud } from './chaos-cloud.ts';
import { planOf } from './plans.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    kills: { type: 'string', default: '100' },
    guests: { type: 'string', default: 'fake' },
    keep: { type: 'boolean', default: false },
  },
});
/** Sets as arrays, for JSON. */
const plain = (_: string, value: unknown): unknown => (value instanceof Set ? [...value] : value);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const guests = values.guests === 'real' ? 'real' : 'fake';
const [seed, kills] = [Number(values.seed), Number(values.kills)];

const missing = await missingFor({ guests });
if (missing !== undefined) {
  say(`no chaos here: ${missing}`);
  process.exit(2);
}
const { shape, ...options } = planOf(guests);
const startMs = systemClock.monotonicMs();
const chaos = await startChaosCloud(shape);
let keep = true;
// The cloud's processes die with this one, but the database does not.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void chaos.end({ keep: false }).finally(() => process.exit(130)));
try {
  say(`${chaos.roster.map(({ name }) => name).join(' ')} on RabbitMQ and PostgreSQL; state in ${chaos.cloud.stateDir}`);
  const { blows, breaches, ledger } = await runChaos(chaos, { ...options, seed, kills, onBlow: say });
  keep = values.keep || breaches.length > 0;
  for (const breach of breaches) say(`BREACH ${breach}`);
  for (const [operation, { accepted, refused, lastRefusal }] of ledger.tally) {
    // An operation that never passes tests nothing; the answer says why.
    say(`  ${operation}: ${accepted} accepted, ${refused} refused${accepted === 0 ? `, the last with ${lastRefusal}` : ''}`);
  }
  say(`  asked again after: ${[...ledger.unanswered].map(([why, count]) => `${why} (${count})`).join(', ') || 'nothing'}`);
  const seconds = Math.round((systemClock.monotonicMs() - startMs) / 1000);
  say(`${blows} kills in ${seconds} s, ${ledger.servers.size} servers promised, ${breaches.length} breaches`);
  say(`once more: npm run chaos -- --seed ${seed} --kills ${kills}${guests === 'real' ? ' --guests real' : ''}`);
  if (keep) {
    const promises = { servers: [...ledger.servers.values()], things: ledger.things };
    await writeFile(join(chaos.cloud.stateDir, 'promises.json'), JSON.stringify(promises, plain, 2));
  }
  process.exitCode = breaches.length === 0 ? 0 : 1;
} finally {
  await chaos.end({ keep });
  if (keep) say(`kept: ${chaos.cloud.stateDir} with chaos.log (all logs), promises.json (the ledger) and database.sql`);
}
