import type { VmState } from '../../src/objects/states.ts';
import type { PromisedServer } from './ledger.ts';
import type { Session } from './session.ts';

/** Something that can be done to a server. */
export interface ServerOperation {
  readonly name: string;
  /** The routes that it asks. */
  readonly covers: readonly string[];
  readonly weight: number;
  /** Where a server should stand to be asked for it. */
  readonly from: readonly VmState[] | 'any';
  /** A locked server refuses it. */
  readonly lockable: boolean;
  run(session: Session, server: PromisedServer): Promise<void>;
}
