/** What actions work with, on the host and on the record. */
import type { Context } from '../../lib/context/context.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { ReportProgress, VirtDriver } from '../../virt/driver.ts';

/** What a question has to work with on the host. */
export interface AskedOnHost<Input> {
  readonly driver: VirtDriver;
  readonly serverId: ServerId;
  readonly input: Input;
}

/** What a task has to work with on the host. */
export interface OnHost<Input> extends AskedOnHost<Input> {
  /** How long a guest may take to obey, in milliseconds (`shutdown_timeout`). */
  readonly graceMs: number;
  /** Aborts when the guest is wanted for something else, or the service stops. */
  readonly signal: AbortSignal;
  /** Takes how far the work is, which the server shows meanwhile. */
  readonly progress: ReportProgress;
}

/** What a change of the record has to work with: the server as nobody else can change it meanwhile. */
export interface OnRecord<Input> {
  readonly ctx: Context;
  readonly server: Server;
  readonly input: Input;
  /** Throws where the caller may not do this to the server. */
  check(rule: PolicyRule): void;
}

/** What becomes of the record; nothing, where there is nothing to change. */
export interface RecordChange extends Partial<Pick<Server, 'lockedBy' | 'lockedReason' | 'vmState'>> {
  /** Whatever is being done to the server is taken from its hands and comes to nothing. */
  readonly endsWork?: true;
}
