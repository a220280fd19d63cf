import { systemClock } from '../src/lib/clock/clock.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import { serviceContext } from '../src/lib/context/context.ts';
import { silentLog } from '../src/lib/log/log.ts';
import { migrate } from '../src/db/connect/migrate.ts';
import { openDatabase } from '../src/db/connect/open.ts';
import { WorkflowEngine } from '../src/lib/workflow/engine.ts';
import { enqueue } from '../src/lib/workflow/enqueue.ts';
import { workflow } from '../src/lib/workflow/workflow.ts';

// Four-step workflows per second, compared with plain one-row updates on the same server: node bench/workflow.ts postgres://...

const IN_FLIGHT = 16;
const WORKFLOWS = 1_500;
const UPDATES = 6_000;
const ROUNDS = 3;

const { db, pool, close } = await openDatabase({
  url: process.argv[2] ?? '',
  poolSize: IN_FLIGHT + 2,
  log: silentLog,
  applicationName: 'bench',
});
await migrate(db);

const empty = { do: () => ({ ok: true }) };
const four = workflow<object>('four').step('one', empty).step('two', empty).step('three', empty).step('four', empty);
const fixed = { pool, clock: systemClock, ids: systemIds, log: silentLog };
const engine = new WorkflowEngine({ ...fixed, owner: 'bench', definitions: [four], concurrency: IN_FLIGHT, isAlive: async () => true });
engine.start();

/** Runs `work` `count` times, `IN_FLIGHT` at a time; returns the rate per second. */
async function rate(count: number, work: (n: number) => Promise<unknown>): Promise<number> {
  const startMs = systemClock.monotonicMs();
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  return count / ((systemClock.monotonicMs() - startMs) / 1_000);
}

/** Enqueues a workflow, runs it and waits for its end. */
async function runOne(): Promise<void> {
  const id = await enqueue(db, four, { subject: systemIds.uuid(), input: {}, ctx: serviceContext('bench') });
  await engine.run(id);
  await engine.settled(id);
}

await db.schema.createTable('bench_rows').ifNotExists().addColumn('id', 'integer').addColumn('n', 'integer').execute();
await pool.query('insert into bench_rows select n, 0 from generate_series(0, 15) n');
await pool.query('create index if not exists bench_rows_id on bench_rows (id)');
const update = { name: 'bench-update', text: 'update bench_rows set n = n + 1 where id = $1' };

for (let round = 0; round < ROUNDS; round += 1) {
  const updates = await rate(UPDATES, (n) => pool.query({ ...update, values: [n % IN_FLIGHT] }));
  const workflows = await rate(WORKFLOWS, runOne);
  const lone = systemClock.monotonicMs();
  for (let n = 0; n < 100; n += 1) await runOne();
  const loneMs = (systemClock.monotonicMs() - lone) / 100;
  const [u, w] = [Math.round(updates), Math.round(workflows)];
  console.log(`updates/s ${u}  workflows/s ${w}  ratio ${(updates / workflows).toFixed(1)}  one alone ${loneMs.toFixed(1)} ms`);
}
const { rows } = await pool.query('select status, count(*) from workflows group by status');
console.log(rows, `RSS ${Math.round(process.memoryUsage.rss() / 2 ** 20)} MB`);
await engine.stop({ graceMs: 1_000 });
await close();
