import type { VmState } from '../../src/objects/states.ts';
import type { PromisedServer } from './ledger.ts';
import type { Session } from './session.ts';

/** An operation on a server. */
export interface ServerOperation {
  readonly name: string;
  /** The routes that it calls. */
  readonly covers: readonly string[];
  readonly weight: number;
  /** The server states in which to try it. */
  readonly from: readonly VmState[] | 'any';
  /** Whether a locked server refuses it. */
  readonly lockable: boolean;
  run(session: Session, server: PromisedServer): Promise<void>;
}
