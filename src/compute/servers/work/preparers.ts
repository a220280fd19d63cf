/** How the compute API makes the input of a workflow out of what a caller asks for. */
import type { InWhole } from '../../../db/sql/queries.ts';
import type { ServerDetails } from '../../../db/stores/servers/servers.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { HostName } from '../../../objects/ids.ts';
import type { Server } from '../../../objects/server.ts';
import type { InputOf, WorkflowActionName, WorkOf } from '../../../operations/actions/kinds.ts';

/** Work in which every name has become what it stands for. */
export interface Prepared<Work extends object> {
  /** What changes in the record at once. */
  readonly details: ServerDetails;
  /** Throws what the quota or another change that came first has against it; asked under the server's lock. */
  readonly check?: (trx: InWhole, server: Server) => Promise<void>;
  /** The workflow's input, made of the server as nobody else can change it meanwhile. */
  readonly workOf: (server: Server, host: HostName) => Work;
  /** The administrator's password in a guest that is made anew. */
  readonly adminPassword?: string;
}

export type Prepare<N extends WorkflowActionName> = (ctx: Context, server: Server, input: InputOf<N>) => Promise<Prepared<WorkOf<N>>>;

/** A preparer whose action is not known. */
export type AnyPrepare = (ctx: Context, server: Server, input: never) => Promise<Prepared<object>>;

/** One for every action with a workflow of its own; a missing one does not compile. */
export type Preparers = { readonly [N in WorkflowActionName]: Prepare<N> };
