import type { Kysely } from 'kysely';
import { systemClock } from '../clock/clock.ts';
import { systemIds } from '../clock/ids.ts';
import { serviceContext } from '../context/context.ts';
import { silentLog } from '../log/log.ts';
import type { WorkflowPool } from './database.ts';
import { WorkflowEngine, type WorkflowEngineOptions } from './engine.ts';
import { enqueue } from './enqueue.ts';
import type { WorkflowTables } from './tables.ts';
import type { WorkflowDefinition, WorkflowRef } from './workflow.ts';

/** For tests: engines over one database, with everything else real and silent. */
export class WorkflowTestBed {
  readonly db: Kysely<WorkflowTables>;
  readonly pool: WorkflowPool;
  #engines: WorkflowEngine[] = [];

  constructor(db: Kysely<WorkflowTables>, pool: WorkflowPool) {
    this.db = db;
    this.pool = pool;
  }

  /** Starts an engine that sweeps often. */
  start(definitions: readonly WorkflowDefinition[], options: Partial<WorkflowEngineOptions> = {}): WorkflowEngine {
    const given = { pool: this.pool, clock: systemClock, ids: systemIds, log: silentLog, isAlive: async () => true };
    const engine = new WorkflowEngine({ ...given, owner: 'here', definitions, concurrency: 4, sweepEveryMs: 100, ...options });
    this.#engines.push(engine);
    engine.start();
    return engine;
  }

  /** Enqueues outside of any transaction, about a subject of its own if none is given. */
  enqueue<Input extends object>(
    definition: WorkflowRef<Input>,
    input: Input,
    options: { id?: string; subject?: string; supersedes?: boolean } = {},
  ): Promise<string> {
    return enqueue(this.db, definition, { subject: systemIds.uuid(), input, ctx: serviceContext('req-test'), ...options });
  }

  /** The row of a workflow. */
  row(id: string) {
    return this.db.selectFrom('workflows').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  /** Resolves once the row of the workflow has these values. */
  async reaches(id: string, wanted: Partial<Awaited<ReturnType<WorkflowTestBed['row']>>>): Promise<void> {
    const endMs = systemClock.monotonicMs() + 10_000;
    for (;;) {
      const row: object = await this.row(id);
      if (Object.entries(wanted).every(([key, value]) => Reflect.get(row, key) === value)) return;
      if (systemClock.monotonicMs() > endMs) throw new Error(`Waited for ${JSON.stringify(wanted)}, got ${JSON.stringify(row)}.`);
      await systemClock.sleep(3);
    }
  }

  /** Stops all engines and forgets all workflows. */
  async clear(): Promise<void> {
    await Promise.all(this.#engines.splice(0).map((engine) => engine.stop({ graceMs: 50 })));
    await this.db.deleteFrom('workflows').execute();
  }
}

/** A promise and its handle, for steps that wait until the test says go. */
export const gate = () => Promise.withResolvers<void>();
