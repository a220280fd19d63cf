/** What actions receive, on the host and on the record. */
import type { Context } from '../../lib/context/context.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import type { ReportProgress, VirtDriver } from '../../virt/driver.ts';

/** What a host question receives. */
export interface AskedOnHost<Input> {
  readonly driver: VirtDriver;
  readonly serverId: ServerId;
  readonly input: Input;
}

/** What a host task receives. */
export interface OnHost<Input> extends AskedOnHost<Input> {
  /** How long a guest may take to shut down, in milliseconds (`shutdown_timeout`). */
  readonly graceMs: number;
  /** Aborts when another operation takes over the guest, or the service stops. */
  readonly signal: AbortSignal;
  /** Reports progress, which the server shows while the task runs. */
  readonly progress: ReportProgress;
}

/** What a record edit receives: the server, locked against concurrent changes. */
export interface OnRecord<Input> {
  readonly ctx: Context;
  readonly server: Server;
  readonly input: Input;
  /** Throws when the policy denies this to the caller. */
  check(rule: PolicyRule): void;
}

/** The change to the record; nothing when there is nothing to change. */
export interface RecordChange extends Partial<Pick<Server, 'lockedBy' | 'lockedReason' | 'vmState'>> {
  /** Aborts the operation in progress on the server. */
  readonly endsWork?: true;
}
