import { deepStrictEqual } from 'node:assert/strict';
import { CompiledQuery, type QueryExecutorProvider } from 'kysely';
import { systemClock } from '../clock/clock.ts';
import { seededIds, systemIds } from '../clock/ids.ts';
import { serviceContext } from '../context/context.ts';
import { silentLog } from '../log/log.ts';
import type { WorkflowPool } from './database.ts';
import { WorkflowEngine } from './engine.ts';
import { enqueue } from './enqueue.ts';
import { report, type ReportOutcome } from './report.ts';
import { type Crash, CrashingPool, type Fault, faults, withFault, withRepeats } from './sabotage.ts';
import type { WorkflowStatus } from './tables.ts';
import type { WorkflowDefinition, WorkflowRef } from './workflow.ts';

/** The environment of one run: the workflow bound to it, and a snapshot of everything that its steps may leave behind. */
export interface ProofWorld<Input extends object> {
  readonly definition: WorkflowDefinition & WorkflowRef<Input>;
  snapshot(): unknown;
  /** Called when the run is over. */
  dispose?(): Promise<void> | void;
}

/** How a world talks to the workflow: it may report on tasks, as a host does. */
export interface ProofTools {
  report(taskId: string, outcome: ReportOutcome): Promise<void>;
}

/** A workflow to prove; each run gets a new, identical world. */
export interface Proof<Input extends object> {
  readonly db: QueryExecutorProvider;
  readonly pool: WorkflowPool;
  readonly input: Input;
  readonly world: (tools: ProofTools) => ProofWorld<Input> | Promise<ProofWorld<Input>>;
  /** The faults to inject; all of them when absent. A workflow that only goes forward is proven with an empty list. */
  readonly faults?: readonly Fault['what'][];
  /** Whether to inject crashes into runs with repeats too; true when absent. False halves the time of a long workflow's proof. */
  readonly crashesInRepeats?: boolean;
  /** Crashes at one of so many points, chosen by the seed, instead of at all of them. */
  readonly sample?: CrashSample | undefined;
}

export interface CrashSample {
  readonly oneOf: number;
  readonly seed: number;
}

/** The harm injected into one run. */
interface Harm {
  readonly fault: Fault | null;
  readonly repeats: boolean;
  readonly crash: Crash | null;
}

/** The timeout of one run. */
const RUN_MS = 30_000;

/**
 * Proves on a real database that a workflow does all or nothing. It fails each step before and after its effect, makes the workflow give
 * way in each step, and runs each step and undo twice. In each of these runs it crashes the engine before and after every write of the
 * log, or a sample of them, and continues with another engine. Afterwards the world must look finished if no fault was injected, else as before, and the
 * workflow's status must match. Returns the number of runs.
 */
export async function proveUnwinding<Input extends object>(proof: Proof<Input>): Promise<number> {
  const expected = { before: await untouched(proof), finished: (await play(proof, { fault: null, repeats: false, crash: null })).snapshot };
  const { definition, dispose } = await proof.world({ report: async () => {} });
  await dispose?.();
  const harms = definition.steps.flatMap(({ name: step }) => (proof.faults ?? faults).map((what) => ({ step, what })));
  const isChosen = chooser(proof.sample);
  let runs = 1;
  for (const fault of [null, ...harms]) {
    for (const harm of [false, true].map((repeats) => ({ fault, repeats, crash: null }))) {
      const { writes } = await check(proof, harm, expected);
      runs += 1;
      if (harm.repeats && proof.crashesInRepeats === false) continue;
      for (const crash of pointsIn(writes).filter(isChosen)) {
        // A run whose report was there early writes less often, and may end before the last points.
        const { crashed } = await check(proof, { ...harm, crash }, expected);
        if (crashed) runs += 1;
      }
    }
  }
  return runs;
}

/** Every point of a run with so many writes at which it can crash. */
const pointsIn = (writes: number): readonly Crash[] =>
  Array.from({ length: writes }, (_, index) => (['before', 'after'] as const).map((when) => ({ write: index + 1, when }))).flat();

function chooser(sample: CrashSample | undefined): () => boolean {
  if (!sample) return () => true;
  const chance = seededIds(sample.seed);
  return () => chance.below(sample.oneOf) === 0;
}

interface Expected {
  readonly before: unknown;
  readonly finished: unknown;
}

async function check<Input extends object>(
  proof: Proof<Input>,
  harm: Harm,
  { before, finished }: Expected,
): Promise<Pick<CrashingPool, 'crashed' | 'writes'>> {
  const { status, snapshot, crashed, writes } = await play(proof, harm);
  // A workflow asked to give way in its last step may still end as done: it does, unless it crashed.
  const done = harm.fault === null || (harm.fault.what === 'gives way' && status === 'done');
  const failed = { status: harm.fault?.what === 'gives way' ? 'superseded' : 'undone', snapshot: before };
  const wanted = done ? { status: 'done', snapshot: finished } : failed;
  deepStrictEqual({ harm, status, snapshot }, { harm, ...wanted });
  return { crashed, writes };
}

async function untouched<Input extends object>(proof: Proof<Input>): Promise<unknown> {
  const world = await proof.world({ report: async () => {} });
  const snapshot = structuredClone(await world.snapshot());
  await world.dispose?.();
  return snapshot;
}

/** One run from enqueueing to its end, over two engines if the first one crashes. The id is the same in all runs, for equal snapshots. */
async function play<Input extends object>(proof: Proof<Input>, { fault, repeats, crash }: Harm) {
  const world = await proof.world({ report: (taskId, outcome) => report(proof.db, taskId, outcome) });
  const id = await enqueue(proof.db, world.definition, {
    id: `proof-${world.definition.name}`,
    subject: `proof-${world.definition.name}`,
    input: proof.input,
    ctx: serviceContext('req-proof'),
  });
  const giveWay = (asked: string) => execute(proof.db, 'update workflows set cancel_requested = true where id = $1', asked);
  const faulty = fault ? withFault(world.definition, fault, giveWay) : world.definition;
  const definition = repeats ? withRepeats(faulty) : faulty;
  const pool = new CrashingPool(proof.pool, crash);
  let status = await runIn(proof, { id, definition, pool, owner: 'first' }, () => pool.crashed);
  if (pool.crashed) status = await runIn(proof, { id, definition, pool: proof.pool, owner: 'second' }, () => false);
  const snapshot = structuredClone(await world.snapshot());
  await execute(proof.db, 'delete from workflows where id = $1', id);
  await world.dispose?.();
  return { status, snapshot, crashed: pool.crashed, writes: pool.writes };
}

interface Process {
  readonly id: string;
  readonly definition: WorkflowDefinition;
  readonly pool: WorkflowPool;
  readonly owner: string;
}

/** Runs the workflow in its own engine until the workflow ends or the engine crashes. */
async function runIn<Input extends object>(proof: Proof<Input>, { id, definition, ...given }: Process, isDead: () => boolean) {
  const fixed = { clock: systemClock, ids: systemIds, log: silentLog, concurrency: 1, isAlive: async () => false };
  const engine = new WorkflowEngine({ ...fixed, ...given, definitions: [definition] });
  engine.start();
  try {
    for (const endMs = systemClock.monotonicMs() + RUN_MS; systemClock.monotonicMs() < endMs; await systemClock.sleep(1)) {
      await engine.settled(id);
      const status = await statusOf(proof.db, id);
      if (isDead() || ['done', 'undone', 'superseded'].includes(status)) return status;
    }
    return await statusOf(proof.db, id);
  } finally {
    await engine.stop({ graceMs: 0 });
  }
}

async function statusOf(db: QueryExecutorProvider, id: string): Promise<WorkflowStatus> {
  const [row] = await execute(db, 'select status from workflows where id = $1', id);
  return row?.status ?? 'pending';
}

async function execute(db: QueryExecutorProvider, text: string, id: string): Promise<{ status: WorkflowStatus }[]> {
  const { rows } = await db.getExecutor().executeQuery<{ status: WorkflowStatus }>(CompiledQuery.raw(text, [id]));
  return rows;
}
