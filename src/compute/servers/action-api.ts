import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { endOpenActions } from '../../db/stores/servers/instance-actions.ts';
import { endMigrations } from '../../db/stores/moves/migrations.ts';
import { handOverOthers } from '../../db/stores/moves/move-placements.ts';
import { capabilitiesOfHost } from '../../db/stores/hosts/hosts.ts';
import type { CellDb, InCell } from '../../db/sql/queries.ts';
import type { ServerDetails } from '../../db/stores/servers/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import { invariant } from '../../lib/errors/invariant.ts';
import { giveWay } from '../../lib/workflow/give-way.ts';
import type { WorkflowRef } from '../../lib/workflow/workflow.ts';
import type { Server } from '../../objects/server.ts';
import type { RecordChange } from '../../operations/actions/work.ts';
import type { ServerActionName } from '../../operations/actions/index.ts';
import { actionOf, type ActionOf, type AnswerOf, type InputOf, type QuestionName } from '../../operations/actions/kinds.ts';
import type { ServerAction } from '../../operations/actions/server-action.ts';
import { lifecycle } from '../../operations/lifecycle.ts';
import { abandonMoveRef, performActionRef } from '../../operations/workflows.ts';
import type { Policy } from '../../policy/policy.ts';
import type { ComputeRpcApi } from '../rpcapi.ts';
import { begin, type BeginDeps, beginWorkOn } from './begin-work.ts';
import { changeRecord } from './change-record.ts';
import { AbilityMissing, ServerNotReady } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { generatedPassword } from './generated-password.ts';
import { checkMayBegin, hostOf } from './may-begin.ts';
import type { AnyPrepare, Prepared, Preparers } from './work/preparers.ts';

export interface ServerActionDeps extends BeginDeps {
  readonly policy: Policy;
  readonly compute: ComputeRpcApi;
  readonly preparers: Preparers;
}

/** The immediate outcome of an action. */
export interface Acted {
  readonly server: Server;
  /** The answer to a question. */
  readonly answer?: unknown;
  /** The administrator's password of a guest that is made anew. */
  readonly adminPassword?: string;
}

/** Carries out the declared server actions: checks policy and lifecycle, then hands over to record, workflow or host. */
export class ServerActionApi {
  readonly #deps: ServerActionDeps;

  constructor(deps: ServerActionDeps) {
    this.#deps = deps;
  }

  /** Starts a declared action, or does it at once. */
  async act<N extends ServerActionName>(ctx: Context, id: string, name: N, input: InputOf<N>): Promise<Acted> {
    const action = actionOf(name);
    // Seam: the table's type does not say which input belongs to which action; the signature does.
    const given = input as never;
    if ('onRecord' in action.does) return { server: await this.#edit(ctx, id, action as ActionOf<'onRecord'>, given) };
    if ('ask' in action.does) return await this.#ask(ctx, id, action as ActionOf<'ask'>, given);
    const server = await visibleServer(this.#deps, ctx, { id, rule: action.policy, evenDeleted: ctx.resumed === true });
    if ('onHost' in action.does) return { server: await this.#begin(ctx, server, action, given) };
    return await this.#beginOwn(ctx, server, action as ActionOf<'workflow'>, given);
  }

  /** Asks the server's host a question. */
  async ask<N extends QuestionName>(ctx: Context, id: string, name: N, input: InputOf<N>): Promise<AnswerOf<N>> {
    // Seam: the contract has checked the answer against what this question returns.
    return (await this.act(ctx, id, name, input)).answer as AnswerOf<N>;
  }

  async #edit(ctx: Context, id: string, { name, policy: rule, rowFor, does }: ActionOf<'onRecord'>, input: never): Promise<Server> {
    const { ids, conductor, policy } = this.#deps;
    const abandoning = ids.uuid();
    let isAbandoned = false;
    const change = async (server: Server, trx: InCell): Promise<ServerDetails> => {
      const target = { project_id: server.projectId, user_id: server.userId };
      const check = (finer: Parameters<Policy['check']>[1]) => policy.check(ctx, finer, target);
      const changes = does.onRecord({ ctx, server, input, check });
      // A move that is given up leaves something on the other host.
      isAbandoned = changes.endsWork === true && (await handOverOthers(trx, server.id, abandoning));
      if (isAbandoned)
        await conductor.write(trx, abandonMoveRef, { id: abandoning, subject: server.id, ctx, input: { serverId: server.id } });
      // One that had not yet got to another host ends here.
      else if (changes.endsWork === true) await endMigrations(trx, server.id);
      return await columnsOf(trx, server, changes);
    };
    const row = lifecycle[rowFor(input)];
    const changed = await changeRecord(this.#deps, ctx, id, { rule, name, row, words: name, change, isAction: true });
    if (isAbandoned) conductor.announce(ctx, abandoning);
    return changed;
  }

  async #ask(ctx: Context, id: string, { name, policy: rule, rowFor, needs }: ActionOf<'ask'>, input: object): Promise<Acted> {
    const { db, compute } = this.#deps;
    const server = await visibleServer(this.#deps, ctx, { id, rule });
    checkMayBegin(ctx, server, lifecycle[rowFor(input as never)], name);
    await checkAbility(db, server, needs);
    const { id: serverId } = server;
    const host = hostOf(server);
    // Seam: the messages are derived from the questions, so the one of this name takes its input.
    const send = compute[name as QuestionName] as (ctx: Context, params: object) => Promise<unknown>;
    try {
      return { server, answer: await send(ctx, { host, serverId, ...input }) };
    } catch (error) {
      // What a host can fail to find is the guest.
      const hasNoGuest = error instanceof NovaError && error.kind === 'not-found';
      throw hasNoGuest && (await this.#isBusy(server)) ? ServerNotReady({ id }) : error;
    }
  }

  /** Whether work is in progress, or was since the server was read: a rebuild, for one, leaves it without a guest for a while. */
  async #isBusy({ id, updatedAt }: Server): Promise<boolean> {
    const now = await findServer(this.#deps.db, id);
    return now !== undefined && (now.taskState !== null || now.updatedAt > updatedAt);
  }

  #begin(ctx: Context, { id }: Server, { name, needs, rowFor }: ServerAction, input: never): Promise<Server> {
    const transition = rowFor(input);
    return beginWorkOn(this.#deps, ctx, id, {
      transition,
      action: name,
      workflow: performActionRef,
      inputOf: async (server, trx) => {
        await checkAbility(trx, server, needs);
        return { serverId: id, host: hostOf(server), action: name, transition, input };
      },
    });
  }

  async #beginOwn(ctx: Context, server: Server, { name, rest, needs, rowFor, does }: ActionOf<'workflow'>, input: never): Promise<Acted> {
    // Clients know a refused action by its key in the API.
    const words = rest[0]?.key ?? name;
    // Seam: every workflow action has its preparer, but the table's type does not say whose it is.
    const prepare = (this.#deps.preparers as Readonly<Record<string, AnyPrepare>>)[name];
    invariant(prepare !== undefined, `${name} has its preparer`);
    // A repeated request that has begun the work finds the server changed by that, so nothing is prepared for it.
    let own: Prepared<object> | undefined;
    const begun = await begin<object, Prepared<object>>(this.#deps, ctx, server.id, {
      transition: rowFor(input),
      action: name,
      words,
      workflow: does.workflow as WorkflowRef<object>,
      prepare: async () => {
        checkMayBegin(ctx, server, lifecycle[rowFor(input)], words);
        return (own = await prepare(ctx, server, input));
      },
      details: ({ details }) => details,
      tells: ({ answer, adminPassword }) => ({ imageId: answer?.imageId ?? null, hasPassword: adminPassword !== undefined }),
      inputOf: async (locked, trx, { check, write, workOf }) => {
        await checkAbility(trx, locked, needs);
        await check?.(trx, locked);
        if (write) await write(trx, locked, hostOf(locked));
        return workOf(locked);
      },
    });
    await own?.onBegun?.(begun.imageId);
    const { server: changed, imageId, hasPassword } = begun;
    const password = hasPassword ? { adminPassword: own?.adminPassword ?? (await this.#passwordOf(ctx, input)) } : {};
    return { server: changed, answer: { imageId }, ...password };
  }

  /** The password that the first attempt of a repeated request answered. */
  async #passwordOf(ctx: Context, input: { readonly adminPassword?: string }): Promise<string> {
    return input.adminPassword ?? (await generatedPassword(this.#deps, ctx));
  }
}

/** Throws if the server's host has reported that its hypervisor lacks the ability. */
async function checkAbility(db: CellDb, { host }: Server, needs: ServerAction['needs']): Promise<void> {
  if (needs === undefined || host === null) return;
  const abilities = await capabilitiesOfHost(db, host);
  if (abilities && !abilities.includes(needs)) throw AbilityMissing({ ability: needs });
}

/** The columns to write; others stay as they are. */
async function columnsOf(trx: InCell, server: Server, change: RecordChange): Promise<ServerDetails> {
  const { lockedBy, lockedReason, vmState, endsWork } = change;
  if (endsWork) {
    await endOpenActions(trx, server.id);
    if (server.workflowId !== null) await giveWay(trx, server.workflowId);
  }
  return {
    ...(lockedBy === undefined ? {} : { locked_by: lockedBy }),
    ...(lockedReason === undefined ? {} : { locked_reason: lockedReason }),
    ...(vmState === undefined ? {} : { vm_state: vmState }),
    ...(endsWork ? { task_state: null, workflow_id: null, admin_password: null } : {}),
  };
}
