/** How the compute API turns a caller's request into the input of a workflow. */
import type { InWhole } from '../../../db/sql/queries.ts';
import type { ServerDetails } from '../../../db/stores/servers/servers.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { HostName, ImageId } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { InputOf, WorkflowActionName, WorkOf } from '../../../operations/actions/kinds.ts';

/** A workflow's work with every name resolved. */
export interface Prepared<Work extends object> {
  /** Columns to change at once. */
  readonly details?: ServerDetails | undefined;
  /** Throws if the quota or an earlier change forbids it; called under the server's lock. */
  readonly check?: (trx: InWhole, server: Server) => Promise<void>;
  /** Writes what belongs to the work, such as the record of a move, in the transaction that begins it. */
  readonly write?: (trx: InWhole, server: Server, host: HostName) => Promise<void>;
  /** The workflow's input, computed from the locked server. */
  readonly workOf: (server: Server) => Work;
  /** The administrator's password of a rebuilt guest. */
  readonly adminPassword?: string;
  /** The image that the work makes, if its client is told of one: remembered for a retried request. */
  readonly answer?: { readonly imageId: ImageId | null };
  /** Called once the work is stored; idempotent. A retried request leaves it to the work. */
  readonly onBegun?: (imageId: ImageId | null) => Promise<void>;
}

export type Prepare<N extends WorkflowActionName> = (ctx: Context, server: Server, input: InputOf<N>) => Promise<Prepared<WorkOf<N>>>;

/** A preparer whose action is not known statically. */
export type AnyPrepare = (ctx: Context, server: Server, input: never) => Promise<Prepared<object>>;

/** One for every action with its own workflow; a missing one does not compile. */
export type Preparers = { readonly [N in WorkflowActionName]: Prepare<N> };
