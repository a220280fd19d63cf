/** `npm run fuzz [-- --cases N --seed S]`: starts a cloud on the fake driver and sends it N hostile requests; `--only K` sends one of them again. */
import { parseArgs } from 'node:util';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { startCloud } from '../support/cloud.ts';
import { fuzzCloud } from './fuzz-cloud.ts';

const { values: options } = parseArgs({
  options: { cases: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const cloud = await startCloud();
const startMs = systemClock.monotonicMs();
try {
  const { sent, byStatus, byAttack, wrong, changed } = await fuzzCloud(cloud, {
    cases: Number(options.cases),
    seed: Number(options.seed),
    ...(options.only === undefined ? {} : { only: Number(options.only) }),
    onProgress: (count) => {
      if (count % 10_000 === 0) say(`${count} sent`);
    },
  });
  for (const one of wrong) say(one);
  for (const table of changed) say(`changed: ${table}`);
  say(`answers: ${JSON.stringify(byStatus)}`);
  say(`attacks: ${JSON.stringify(byAttack)}`);
  say(
    `${sent} cases in ${Math.round((systemClock.monotonicMs() - startMs) / 1000)} s, ${wrong.length} wrong answers, ${changed.length} changed tables`,
  );
  process.exitCode = wrong.length + changed.length === 0 ? 0 : 1;
} finally {
  await cloud.destroy();
}
