import type { WholeDb } from '../db/sql/queries.ts';
import type { ConductorApi } from '../conductor/api.ts';
import { deleteServerRef } from '../operations/workflows.ts';
import { change } from '../db/change.ts';
import { recordAction } from '../db/stores/servers/instance-actions.ts';
import { listServers } from '../db/stores/servers/list.ts';
import { endServer, lockServer } from '../db/stores/servers/servers.ts';
import { serverDelete } from '../events/servers.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { ServerId } from '../objects/ids.ts';
import type { Server } from '../objects/server.ts';
import type { Policy } from '../policy/policy.ts';
import type { PolicyRule } from '../policy/rules.ts';
import type { QuotaLimits } from '../quota/resources.ts';
import type { ServerActionName } from '../operations/actions/index.ts';
import type { InputOf } from '../operations/actions/kinds.ts';
import { type Acted, ServerActionApi } from './servers/action-api.ts';
import { beginWorkOn } from './servers/begin-work.ts';
import type { BootOrder } from './servers/boot-request.ts';
import type { Preparers } from './servers/work/preparers.ts';
import { MarkerNotFound } from './errors.ts';
import { visibleServer } from './servers/find-server.ts';
import { lifecycle } from '../operations/lifecycle.ts';
import { permittedQuery, type ServerListRequest } from './servers/list-request.ts';
import { checkMayBegin } from './servers/may-begin.ts';
import { newPassword } from '../lib/text/new-password.ts';
import type { BootResolver } from './servers/resolve-boot.ts';
import type { ComputeRpcApi } from './rpcapi.ts';
import { bootMemory, writeBoots } from './servers/write-boots.ts';

export interface ComputeApiDeps {
  readonly db: WholeDb;
  readonly conductor: ConductorApi;
  readonly compute: ComputeRpcApi;
  readonly preparers: Preparers;
  readonly resolve: BootResolver;
  readonly policy: Policy;
  /** What holds where an operator has set nothing else. */
  readonly quotaLimits: QuotaLimits;
  /** Of what the hypervisors' names of new guests are made (`instance_name_template`). */
  readonly guestNameTemplate: string;
  readonly ids: Ids;
}

/** Servers that will be, and what their guests' administrator logs in with. */
export interface Booted {
  readonly servers: readonly Server[];
  readonly adminPassword: string;
}

/**
 * Servers, as everybody who asks for them knows them: REST, EC2, dashboard. Decides who may and whether it can be, writes down what will
 * be done in the transaction that says so, and tells a conductor. Waits for no host but to read a console.
 */
export class ComputeApi {
  readonly #deps: ComputeApiDeps;
  readonly #actions: ServerActionApi;

  constructor(deps: ComputeApiDeps) {
    this.#deps = deps;
    this.#actions = new ServerActionApi(deps);
  }

  /** Starts to boot `maxCount` servers or, when the quota has no room for all, as many as it has room for, from `minCount` on. */
  async boot(ctx: Context, { adminPassword = newPassword(this.#deps.ids), ...request }: BootOrder): Promise<Booted> {
    const { db, policy, conductor } = this.#deps;
    policy.check(ctx, 'os_compute_api:servers:create');
    const prepare = () => this.#deps.resolve(ctx, request);
    const booted = await change(ctx, { db, what: 'server.create', prepare, ...bootMemory }, ({ trx }, boot) =>
      writeBoots(trx, this.#deps, ctx, boot),
    );
    await Promise.all(booted.map(({ workflowId }) => workflowId && conductor.announce(ctx, workflowId)));
    return { servers: booted.map(({ server }) => server), adminPassword };
  }

  /** A server of the asking project; of any, for who may see all. One that was deleted is found by nobody: clients wait for that. */
  async find(ctx: Context, id: string, rule: PolicyRule = 'os_compute_api:servers:show'): Promise<Server> {
    return await visibleServer(this.#deps, ctx, { id, rule });
  }

  /** A page of servers, newest first unless said otherwise; of the asking project, unless all are asked for and may be seen. */
  async list(ctx: Context, request: ServerListRequest): Promise<readonly Server[]> {
    const { policy, db } = this.#deps;
    const rule = request.inFull ? 'os_compute_api:servers:detail' : 'os_compute_api:servers:index';
    policy.check(ctx, rule, { project_id: ctx.projectId });
    if (request.allProjects) policy.check(ctx, `${rule}:get_all_tenants`);
    const query = permittedQuery(ctx, policy, request);
    if (query.statuses?.length === 0) return [];
    const servers = await listServers(db, query);
    if (!servers) throw MarkerNotFound({ marker: request.marker ?? '' });
    return servers;
  }

  /** Starts, or does at once, one of the declared server actions. */
  act<N extends ServerActionName>(ctx: Context, id: string, name: N, input: InputOf<N>): Promise<Acted> {
    return this.#actions.act(ctx, id, name, input);
  }

  /** Starts to delete a server, whatever is being done to it; one that is being deleted already is left to that. */
  async delete(ctx: Context, id: string): Promise<void> {
    const server = await this.#findToChange(ctx, id, 'os_compute_api:servers:delete');
    // A request that comes again may have deleted it so, which does not show any more.
    if ((holdsNothing(server) || ctx.resumed) && (await this.#deleteAtOnce(ctx, server.id))) return;
    await beginWorkOn(this.#deps, ctx, server.id, {
      transition: 'delete',
      action: 'delete',
      workflow: deleteServerRef,
      inputOf: () => ({ serverId: server.id }),
    });
  }

  /**
   * A server that came to rest in error without a host holds nothing anywhere: it is gone before the answer. Clients that wait for
   * its end would take the error that they still see meanwhile for that of the delete.
   */
  #deleteAtOnce(ctx: Context, id: ServerId): Promise<boolean> {
    return change(ctx, { db: this.#deps.db, what: `server.deleteAtOnce ${id}` }, async ({ trx, tell }) => {
      const server = await lockServer(trx, id);
      if (!server || !holdsNothing(server)) return false;
      checkMayBegin(ctx, server, lifecycle.delete, 'delete');
      tell(serverDelete.start(server));
      tell(serverDelete.end(await endServer(trx, id)));
      await recordAction(trx, ctx, { serverId: id, name: 'delete' });
      return true;
    });
  }

  /** A request that comes again may have deleted what it speaks of. */
  #findToChange(ctx: Context, id: string, rule: PolicyRule): Promise<Server> {
    return visibleServer(this.#deps, ctx, { id, rule, evenDeleted: ctx.resumed === true });
  }
}

/** Came to rest in error without a host: there is nothing of it anywhere but its record. */
const holdsNothing = ({ vmState, taskState, host }: Server): boolean => vmState === 'error' && taskState === null && host === null;
