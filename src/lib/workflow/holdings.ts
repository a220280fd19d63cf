import { messageOf } from '../errors/error-type.ts';
import { invariant } from '../errors/invariant.ts';
import { drive, type DriveTools } from './drive.ts';
import { WorkflowAbandoned, WorkflowFenced } from './errors.ts';
import { Run } from './run.ts';
import type { Claim, ClaimedWorkflow, Orphan } from './store.ts';
import type { WorkflowDefinition } from './workflow.ts';

/** How long abandoned steps get, after the grace period, to notice and end. */
const ABANDON_MS = 1_000;

/** How long after a failed claim to try once more. */
const LOOK_AGAIN_MS = 250;

type HoldingsOptions = Omit<DriveTools, 'isStopping' | 'onOthersWait'> & {
  readonly owner: string;
  readonly definitions: readonly WorkflowDefinition[];
  readonly maxHeld: number;
};

/** The workflows that this engine holds: claims them as there is room, drives each, releases them. */
export class Holdings {
  readonly #options: HoldingsOptions;
  readonly #definitions: ReadonlyMap<string, WorkflowDefinition>;
  readonly #held = new Map<string, { run: Run; ended: Promise<void> }>();
  /** Claims run one at a time: each must know what the one before took. */
  #claiming: Promise<unknown> = Promise.resolve();
  readonly #asked = new Set<string>();
  #asking: Promise<void> | null = null;
  #wakeful = false;
  /** The last claim found no room. */
  #backlog = false;
  #stopping = false;
  #lookingAgain = false;
  /** What this owner held before its restart has been freed. */
  #isAtHome = false;
  readonly #stopped = new AbortController();

  constructor(options: HoldingsOptions) {
    this.#options = options;
    this.#definitions = new Map(options.definitions.map((definition) => [definition.name, definition]));
    options.slots.onFree = () => {
      if (this.#backlog) this.wake();
    };
  }

  /** Tells that there may be work to claim. */
  wake(): void {
    if (this.#wakeful || this.#stopping) return;
    this.#wakeful = true;
    this.#exclusively(() => this.#takeWhatIsFree()).catch((error: unknown) =>
      this.#options.log.warn({ err: messageOf(error) }, 'claiming workflows failed'),
    );
  }

  /** Claims this workflow if it is free. Requests that come during a claim are batched into the next one. */
  async claimOne(id: string): Promise<void> {
    if (this.#held.has(id)) return;
    this.#asked.add(id);
    this.#asking ??= this.#exclusively(async () => {
      const ids = [...this.#asked];
      this.#asked.clear();
      this.#asking = null;
      if ((await this.#claim({ ids, limit: ids.length })) < ids.length) this.#lookAgain();
    });
    await this.#asking;
  }

  /** A workflow that could not be claimed waits for another of its subject. That one may be ending right now, with nobody told of it. */
  #lookAgain(): void {
    if (this.#lookingAgain) return;
    this.#lookingAgain = true;
    const later = this.#options.clock.sleep(LOOK_AGAIN_MS, this.#stopped.signal);
    later
      .then(() => this.wake())
      .catch(() => {})
      .finally(() => {
        this.#lookingAgain = false;
      });
  }

  /** Frees, for any engine to claim, what dead owners held and what this owner held before its restart. */
  async adopt(deadOwners: readonly string[]): Promise<void> {
    const { store, owner } = this.#options;
    // Not during a claim: the workflows being claimed are not yet known to be held.
    await this.#exclusively(async () => {
      const held = [...this.#held.keys()];
      const own = await store.free([owner], held);
      const others = deadOwners.length > 0 ? await store.free(deadOwners, held) : [];
      // Later, what this owner holds without knowing comes from an error of its own, which was logged.
      const orphans = [...(this.#isAtHome ? [] : own), ...others];
      this.#tellOfEarlierLife(own.length);
      await this.#takeOver(orphans);
      if (own.length + others.length > 0) this.wake();
    });
  }

  /** Claims as many orphans as there is room for; the rest is for any engine. The trace tells of each: its dead owner recorded no hop. */
  async #takeOver(orphans: readonly Orphan[]): Promise<void> {
    const { owner, trace } = this.#options;
    const limit = Math.min(this.#room, orphans.length);
    if (limit > 0) await this.#claim({ ids: orphans.map(({ id }) => id), limit });
    for (const { id, definition, owner: died, ...rest } of orphans)
      trace.interrupted({ ...rest, workflow: definition, died, successor: this.#held.has(id) ? owner : null });
  }

  get #room(): number {
    return Math.min(this.#options.slots.free, this.#options.maxHeld - this.#held.size);
  }

  /** Logged once after a start: an operator should see that interrupted work is resumed. */
  #tellOfEarlierLife(count: number): void {
    if (count > 0 && !this.#isAtHome)
      this.#options.log.info({ workflows: count }, 'resuming workflows that this service held before its restart');
    this.#isAtHome = true;
  }

  async settled(id: string): Promise<void> {
    await this.#held.get(id)?.ended;
  }

  /** Interrupts the workflows that were asked to give way, and those that another owner took: they must not go on acting. */
  async review(): Promise<void> {
    const runs = [...this.#held.values()].map(({ run }) => run);
    if (runs.length === 0) return;
    const standings = await this.#options.store.standings(runs.map(({ hold }) => hold.id));
    const byId = new Map(standings.map((standing) => [standing.id, standing]));
    for (const run of runs) {
      const standing = byId.get(run.hold.id);
      if (standing && standing.generation !== run.hold.generation) this.#lose(run);
      // No owner: it was freed for others, or has just ended.
      else if (standing?.owner !== run.hold.owner) run.abandon();
      else if (standing.cancelRequested) run.cancel();
    }
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#stopped.abort();
    for (const { run } of this.#held.values()) if (run.waiting) run.abandon();
    if (await this.#allEndWithin(graceMs)) return;
    for (const { run } of this.#held.values()) run.abandon();
    await this.#allEndWithin(ABANDON_MS);
  }

  /** Whether all workflows end within `ms`. A running claim counts; the time limit also covers an unreachable database. */
  async #allEndWithin(ms: number): Promise<boolean> {
    const over = new AbortController();
    const all = async () => {
      await this.#claiming.catch(() => {});
      await Promise.all([...this.#held.values()].map(({ ended }) => ended));
      over.abort();
      return true;
    };
    const late = this.#options.clock.sleep(ms, over.signal).then(
      () => false,
      () => true,
    );
    return Promise.race([all(), late]);
  }

  async #exclusively(work: () => Promise<void>): Promise<void> {
    const mine = this.#claiming.then(work, work);
    this.#claiming = mine.catch(() => {});
    await mine;
  }

  async #takeWhatIsFree(): Promise<void> {
    this.#wakeful = false;
    for (;;) {
      const limit = this.#room;
      // Without room there is nothing to claim: the next workflow that ends or waits triggers another claim.
      this.#backlog = limit <= 0;
      if (limit <= 0 || (await this.#claim({ ids: null, limit })) < limit) return;
    }
  }

  async #claim(claim: Pick<Claim, 'ids' | 'limit'>): Promise<number> {
    if (this.#stopping) return 0;
    const { store, owner, definitions } = this.#options;
    const claimed = await store.claim({ ...claim, owner, definitions });
    for (const workflow of claimed) this.#begin(workflow);
    return claimed.length;
  }

  #begin(claimed: ClaimedWorkflow): void {
    const definition = this.#definitions.get(claimed.definition);
    invariant(definition, 'only workflows with a definition are claimed');
    const run = new Run(claimed, definition, this.#options.owner);
    const ended = this.#drive(run).finally(() => {
      this.#held.delete(claimed.id);
      if (this.#backlog) this.wake();
    });
    this.#held.set(claimed.id, { run, ended });
  }

  /** Another owner has the workflow, so this engine stops acting on it. */
  #lose(run: Run): void {
    if (run.abandoned) return;
    run.abandon();
    // A warning: an operator should know that a running service was taken for dead.
    this.#options.log.warn(
      { workflow: run.definition.name, id: run.hold.id },
      'another owner took over a workflow; this engine stops working on it',
    );
  }

  async #drive(run: Run): Promise<void> {
    const { log, slots, store } = this.#options;
    await slots.acquire();
    try {
      await drive(run, { ...this.#options, isStopping: () => this.#stopping, onOthersWait: () => this.wake() });
    } catch (error) {
      if (WorkflowFenced.is(error)) return this.#lose(run);
      if (!WorkflowAbandoned.is(error)) {
        log.error({ workflow: run.definition.name, id: run.hold.id, err: error }, 'driving a workflow failed; the next sweep resumes it');
      } else if (!run.unsettled)
        // If the release fails, another owner has the workflow already or the next sweep frees it.
        await store.release(run.hold).catch((cause: unknown) => log.debug({ id: run.hold.id, err: messageOf(cause) }, 'not released'));
    } finally {
      slots.release();
    }
  }
}
