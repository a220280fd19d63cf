import type { WholeDb } from '../db/sql/queries.ts';
import type { ConductorApi } from '../conductor/api.ts';
import { deleteServerRef, softDeleteServerRef } from '../operations/workflows.ts';
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
import { generatedPassword } from './servers/generated-password.ts';
import { beginWorkOn } from './servers/begin-work.ts';
import type { BootOrder } from './servers/boot-request.ts';
import type { Preparers } from './servers/work/preparers.ts';
import { MarkerNotFound } from './errors.ts';
import { visibleServer } from './servers/find-server.ts';
import { lifecycle, refusalOf } from '../operations/lifecycle.ts';
import { permittedQuery, type ServerListRequest } from './servers/list-request.ts';
import { checkMayBegin } from './servers/may-begin.ts';
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
  /** Limits where an operator has set none. */
  readonly quotaLimits: QuotaLimits;
  /** Template of the names of new guests on their hypervisor (`instance_name_template`). */
  readonly guestNameTemplate: string;
  readonly ids: Ids;
  /** Whether every new server gets a config drive (`force_config_drive`). */
  readonly forcesConfigDrive: boolean;
  /** Whether a deleted server is kept for a while, and can be restored (`reclaim_instance_interval`). */
  readonly keepsDeleted: boolean;
}

/** Accepted servers, and the administrator's password of their guests. */
export interface Booted {
  readonly servers: readonly Server[];
  readonly adminPassword: string;
}

/**
 * Servers, for every caller: REST, EC2, dashboard. Checks rights and state, records the work to be done in one transaction with the state
 * that says so, and tells a conductor. Waits for a host only to read a console.
 */
export class ComputeApi {
  readonly #deps: ComputeApiDeps;
  readonly #actions: ServerActionApi;

  constructor(deps: ComputeApiDeps) {
    this.#deps = deps;
    this.#actions = new ServerActionApi(deps);
  }

  /** Starts to boot `maxCount` servers or, if the quota has no room for all, as many as fit, but at least `minCount`. */
  async boot(ctx: Context, { adminPassword: wanted, ...request }: BootOrder): Promise<Booted> {
    const { db, policy, conductor } = this.#deps;
    policy.check(ctx, 'os_compute_api:servers:create');
    const prepare = () => this.#deps.resolve(ctx, request);
    const adminPassword = wanted ?? (await generatedPassword(this.#deps, ctx));
    const booted = await change(ctx, { db, what: 'server.create', prepare, ...bootMemory }, (changing, boot) =>
      writeBoots(changing, this.#deps, ctx, { ...boot, adminPassword }),
    );
    await Promise.all(booted.map(({ workflowId }) => workflowId && conductor.announce(ctx, workflowId)));
    return { servers: booted.map(({ server }) => server), adminPassword };
  }

  /** A server of the caller's project; of any project if policy allows. A deleted server is not found: clients wait for that. */
  async find(ctx: Context, id: string, rule: PolicyRule = 'os_compute_api:servers:show'): Promise<Server> {
    return await visibleServer(this.#deps, ctx, { id, rule });
  }

  /** A page of servers, newest first by default; of the caller's project, unless all are asked for and policy allows. */
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

  /** Starts a declared server action, or does it at once. */
  act<N extends ServerActionName>(ctx: Context, id: string, name: N, input: InputOf<N>): Promise<Acted> {
    return this.#actions.act(ctx, id, name, input);
  }

  /**
   * Starts to delete a server in any state; a no-op if it is being deleted already. Where deleted servers are kept, one that was ever
   * booted is only stopped and hidden.
   */
  async delete(ctx: Context, id: string): Promise<void> {
    const server = await this.#findToChange(ctx, id, 'os_compute_api:servers:delete');
    // A retried request may have deleted it at once, which its record no longer shows.
    if ((holdsNothing(server) || ctx.resumed) && (await this.#deleteAtOnce(ctx, server.id))) return;
    const isSoft = this.#deps.keepsDeleted && server.launchedAt !== null && mayBeKept(server);
    const how = isSoft
      ? ({ transition: 'softDelete', action: 'softDelete', workflow: softDeleteServerRef } as const)
      : ({ transition: 'delete', action: 'delete', workflow: deleteServerRef } as const);
    await beginWorkOn(this.#deps, ctx, server.id, { ...how, inputOf: () => ({ serverId: server.id }) });
  }

  /**
   * A server in error without a host holds no resources: it is deleted before the answer. Clients that wait for the delete would mistake
   * the error state that they see meanwhile for a failure of the delete.
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

  /** A retried request may already have deleted its server. */
  #findToChange(ctx: Context, id: string, rule: PolicyRule): Promise<Server> {
    return visibleServer(this.#deps, ctx, { id, rule, evenDeleted: ctx.resumed === true });
  }
}

/** Whether a delete of it can be taken back: not where it cannot say which of its disks is the one, as in the middle of a move. */
const mayBeKept = (server: Server): boolean =>
  refusalOf('softDelete', server) === undefined ||
  (server.taskState !== null && lifecycle.softDelete.doneBy.some((task) => task === server.taskState));

/** In error, idle and without a host or a shelved disk: nothing exists of it but its record. */
const holdsNothing = ({ vmState, taskState, host, shelved }: Server): boolean =>
  vmState === 'error' && taskState === null && host === null && shelved === null;
