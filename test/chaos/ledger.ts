/** Every promise that the cloud made to clients, in order, for comparison with its final state. */
import type { ServerActionName } from '../../src/operations/actions/index.ts';
import type { VmState } from '../../src/objects/states.ts';

/** An accepted action on a server. */
export interface Act {
  /** Its name in os-instance-actions. */
  readonly action: ServerActionName | 'create' | 'delete';
  /** The server's state if the action succeeds. */
  readonly promised: VmState;
  /** The promised state follows from the one before, which an earlier failure may have changed. */
  readonly isRelative?: boolean;
}

/** A promised server, with all promises about it. */
export interface PromisedServer {
  readonly id: string;
  readonly tenant: string;
  /** The number of the client that created it; only that client changes it. */
  readonly client: number;
  /** At least its creation. */
  readonly acts: Act[];
  /** Set by an admin's reset after the last action, which cancels work in progress. */
  reset: 'error' | null;
  /** Its state, as far as its client knows. */
  stands: VmState;
  readonly record: { name: string; description: string | null; metadata: Record<string, string>; tags: Set<string>; isLocked: boolean };
  /** Existing ports that it was created with. */
  readonly ports: readonly string[];
}

/** Any other thing that a client creates and deletes. */
export interface PromisedThing {
  readonly kind: 'port' | 'image' | 'group' | 'keypair';
  readonly id: string;
  readonly tenant: string;
  /** For an image: whether its data was accepted; unknown if the answer was lost. */
  readonly hasData?: boolean | undefined;
  isDeleted: boolean;
}

/** How often an operation was accepted and refused. */
interface Tally {
  accepted: number;
  refused: number;
  /** The answer of its last refusal. */
  lastRefusal: string;
}

export class Ledger {
  readonly servers = new Map<string, PromisedServer>();
  readonly things: PromisedThing[] = [];
  /** Answers that must never happen, in words. */
  readonly surprises: string[] = [];
  /** Counts of accepted and refused operations. */
  readonly tally = new Map<string, Tally>();
  /** Counts of unanswered requests, by what came instead. */
  readonly unanswered = new Map<string, number>();

  countAccepted(operation: string): void {
    this.#tallyOf(operation).accepted += 1;
  }

  /** Counts a refusal, and keeps its answer. */
  countRefused(operation: string, answer: string): void {
    const tally = this.#tallyOf(operation);
    tally.refused += 1;
    tally.lastRefusal = answer;
  }

  noteUnanswered(whys: readonly string[]): void {
    for (const why of whys) this.unanswered.set(why, (this.unanswered.get(why) ?? 0) + 1);
  }

  #tallyOf(operation: string): Tally {
    const tally = this.tally.get(operation) ?? { accepted: 0, refused: 0, lastRefusal: '' };
    this.tally.set(operation, tally);
    return tally;
  }
}

/** Whether its deletion was promised. */
export const isDeleted = ({ acts }: PromisedServer): boolean => acts.some(({ action }) => action === 'delete');

/** Records an accepted operation. */
export function accept(server: PromisedServer, act: Act): void {
  server.acts.push(act);
  server.reset = null;
  server.stands = act.promised;
}
