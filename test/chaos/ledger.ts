/** What clients were told: every promise of the cloud, in the order in which it was made, to be compared with what is there in the end. */
import type { ServerActionName } from '../../src/operations/actions/index.ts';
import type { VmState } from '../../src/objects/states.ts';

/** Something asked of a server that was accepted. */
export interface Act {
  /** As os-instance-actions calls it. */
  readonly action: ServerActionName | 'create' | 'delete';
  /** Where the server stands when it went well. */
  readonly promised: VmState;
}

/** A server that somebody was promised, with all that was promised of it. */
export interface PromisedServer {
  readonly id: string;
  readonly tenant: string;
  /** The number of the client that made it; nobody else changes it. */
  readonly client: number;
  /** At least the making of it. */
  readonly acts: Act[];
  /** Said by an admin after the last act: whatever was being done then comes to nothing. */
  reset: 'error' | null;
  /** Where it stands as far as its client knows. */
  stands: VmState;
  readonly record: { name: string; description: string | null; metadata: Record<string, string>; tags: Set<string>; isLocked: boolean };
  /** Ports that were given to it. */
  readonly ports: readonly string[];
}

/** Anything else that has an id, a maker and an end. */
export interface PromisedThing {
  readonly kind: 'port' | 'image' | 'group' | 'keypair';
  readonly id: string;
  readonly tenant: string;
  /** Of an image: whether its data was accepted; nobody knows where the answer was lost. */
  readonly hasData?: boolean | undefined;
  isDeleted: boolean;
}

export class Ledger {
  readonly servers = new Map<string, PromisedServer>();
  readonly things: PromisedThing[] = [];
  /** Answers that nobody should ever get, in words. */
  readonly surprises: string[] = [];
  /** How often each operation was accepted and refused. */
  readonly tally = new Map<string, { accepted: number; refused: number }>();
  /** How often a request had no answer, by what came in its place. */
  readonly unanswered = new Map<string, number>();

  count(operation: string, outcome: 'accepted' | 'refused'): void {
    const counts = this.tally.get(operation) ?? { accepted: 0, refused: 0 };
    counts[outcome] += 1;
    this.tally.set(operation, counts);
  }

  noteUnanswered(whys: readonly string[]): void {
    for (const why of whys) this.unanswered.set(why, (this.unanswered.get(why) ?? 0) + 1);
  }
}

/** Whether its end was promised. */
export const isDeleted = ({ acts }: PromisedServer): boolean => acts.some(({ action }) => action === 'delete');

/** Takes down that something was accepted. */
export function accept(server: PromisedServer, act: Act): void {
  server.acts.push(act);
  server.reset = null;
  server.stands = act.promised;
}
