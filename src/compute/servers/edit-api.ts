import type { Kysely } from 'kysely';
import type { Database } from '../../db/schema/index.ts';
import { appendEvent, subjectsOf } from '../../db/stores/cloud/events.ts';
import { endOpenActions, recordAction } from '../../db/stores/servers/instance-actions.ts';
import type { InTransaction } from '../../db/sql/queries.ts';
import { changeServer, lockServer, type ServerDetails } from '../../db/stores/servers/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { checkMetadataItems } from '../../quota/check.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { MetadataItemNotFound, PasswordUnsupported, ServerNotFound, TagNotFound, TooManyTags } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { checkMayBegin } from './may-begin.ts';
import { type ServerEdit, serverEdits } from './server-edits.ts';

export interface ServerEditDeps {
  readonly db: Kysely<Database>;
  readonly policy: Policy;
  readonly quotaLimits: QuotaLimits;
}

/** What an owner may say anew of a server; what is not given stays. */
export interface ServerUpdate {
  readonly name?: string;
  readonly description?: string | null;
  readonly hostname?: string;
  readonly accessIpV4?: string;
  readonly accessIpV6?: string;
  readonly diskConfig?: 'AUTO' | 'MANUAL';
}

/** How many tags a server may have. */
const MAX_TAGS = 50;

interface Editing {
  readonly rule: PolicyRule;
  readonly edit: ServerEdit;
  /** What changes, made of the server as nobody else can change it meanwhile; nothing, when there is nothing to change. */
  readonly change: (server: Server, trx: InTransaction) => Promise<ServerDetails> | ServerDetails;
  /** Under which name it is among the server's actions; what is not there is no action. */
  readonly action?: string;
}

/** Changes of a server's record that no guest and no host hears of. Each happens whole, in one transaction, with its event. */
export class ServerEditApi {
  readonly #deps: ServerEditDeps;

  constructor(deps: ServerEditDeps) {
    this.#deps = deps;
  }

  async update(ctx: Context, id: string, asked: ServerUpdate): Promise<Server> {
    return await this.#edit(ctx, id, { rule: 'os_compute_api:servers:update', edit: 'update', change: () => columnsOf(asked) });
  }

  /** Makes these the server's metadata, or adds them to it; returns all that it has then. */
  async setMetadata(
    ctx: Context,
    id: string,
    items: Readonly<Record<string, string>>,
    { how, rule }: { how: 'merge' | 'replace'; rule: PolicyRule },
  ): Promise<Readonly<Record<string, string>>> {
    const change = async (server: Server, trx: InTransaction) => {
      const metadata = how === 'merge' ? { ...server.metadata, ...items } : items;
      await checkMetadataItems(trx, { projectId: server.projectId }, Object.keys(metadata).length, this.#deps.quotaLimits);
      return { metadata: JSON.stringify(metadata) };
    };
    return (await this.#edit(ctx, id, { rule, edit: 'updateMetadata', change })).metadata;
  }

  async deleteMetadataItem(ctx: Context, id: string, key: string): Promise<void> {
    const change = ({ metadata }: Server) => {
      if (!Object.hasOwn(metadata, key)) throw MetadataItemNotFound({ key });
      const { [key]: _gone, ...rest } = metadata;
      return { metadata: JSON.stringify(rest) };
    };
    await this.#edit(ctx, id, { rule: 'os_compute_api:server-metadata:delete', edit: 'deleteMetadata', change });
  }

  async setTags(ctx: Context, id: string, tags: readonly string[]): Promise<readonly string[]> {
    const change = () => ({ tags: JSON.stringify([...new Set(tags)]) });
    return (await this.#edit(ctx, id, { rule: 'os_compute_api:os-server-tags:update_all', edit: 'updateTags', change })).tags;
  }

  /** @returns whether the server did not have the tag before */
  async addTag(ctx: Context, id: string, tag: string): Promise<boolean> {
    let isNew = false;
    const change = ({ tags }: Server) => {
      isNew = !tags.includes(tag);
      if (!isNew) return {};
      if (tags.length >= MAX_TAGS) throw TooManyTags({ limit: MAX_TAGS });
      return { tags: JSON.stringify([...tags, tag]) };
    };
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-server-tags:update', edit: 'updateTag', change });
    return isNew;
  }

  async deleteTags(ctx: Context, id: string): Promise<void> {
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-server-tags:delete_all', edit: 'deleteTags', change: () => ({ tags: '[]' }) });
  }

  async deleteTag(ctx: Context, id: string, tag: string): Promise<void> {
    const change = ({ tags }: Server) => {
      if (!tags.includes(tag)) throw TagNotFound({ serverId: id, tag });
      return { tags: JSON.stringify(tags.filter((one) => one !== tag)) };
    };
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-server-tags:delete', edit: 'deleteTag', change });
  }

  /** Keeps everybody but admins from changing the server. An owner's lock over an admin's leaves that one in place. */
  async lock(ctx: Context, id: string, reason: string | null): Promise<void> {
    const change = (server: Server): ServerDetails => {
      const locker = lockerOf(ctx, server);
      return server.lockedBy !== null && locker === 'owner' ? {} : { locked_by: locker, locked_reason: reason };
    };
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-lock-server:lock', edit: 'lock', change, action: 'lock' });
  }

  /** Whoever locked it may unlock it; another's lock takes the right to override locks. */
  async unlock(ctx: Context, id: string): Promise<void> {
    const change = (server: Server): ServerDetails => {
      const { lockedBy, projectId, userId } = server;
      if (lockedBy !== null && lockedBy !== lockerOf(ctx, server)) {
        const target = { project_id: projectId, user_id: userId };
        this.#deps.policy.check(ctx, 'os_compute_api:os-lock-server:unlock:unlock_override', target);
      }
      return { locked_by: null, locked_reason: null };
    };
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-lock-server:unlock', edit: 'unlock', change, action: 'unlock' });
  }

  /** Says that the server is so, whatever it was and whatever was being done to it: that is taken from its hands and comes to nothing. */
  async resetState(ctx: Context, id: string, to: 'active' | 'error'): Promise<void> {
    const change = async (server: Server, trx: InTransaction): Promise<ServerDetails> => {
      await endOpenActions(trx, server.id);
      return { vm_state: to, task_state: null, workflow_id: null };
    };
    await this.#edit(ctx, id, {
      rule: 'os_compute_api:os-admin-actions:reset_state',
      edit: 'resetState',
      change,
      action: 'resetState',
    });
  }

  /** Guests learn their addresses from DHCP and the metadata service, so there is nothing to inject; who may ask for it is answered so. */
  async injectNetworkInfo(ctx: Context, id: string): Promise<void> {
    await this.#edit(ctx, id, {
      rule: 'os_compute_api:os-admin-actions:inject_network_info',
      edit: 'injectNetworkInfo',
      change: () => ({}),
    });
  }

  /** No hypervisor of ours can set a password in a guest; who asks learns first whether the server could take one. */
  async changePassword(ctx: Context, id: string): Promise<void> {
    await this.#edit(ctx, id, {
      rule: 'os_compute_api:os-admin-password',
      edit: 'changePassword',
      change: () => {
        throw PasswordUnsupported({});
      },
    });
  }

  async #edit(ctx: Context, id: string, { rule, edit, change, action }: Editing): Promise<Server> {
    const { id: serverId } = await visibleServer(this.#deps, ctx, { id, rule });
    return await this.#deps.db.transaction().execute(async (trx) => {
      const server = await lockServer(trx, serverId);
      if (!server || server.vmState === 'deleted') throw ServerNotFound({ id });
      const type = `server.${edit}`;
      // A request that comes again may have done it: what it took away is not to be found a second time.
      if (ctx.resumed && (await subjectsOf(trx, { type, requestId: ctx.requestId })).includes(serverId)) return server;
      const row = serverEdits[edit];
      checkMayBegin(ctx, server, row, row.words);
      const details = await change(server, trx);
      if (Object.keys(details).length === 0) return server;
      if (action !== undefined) await recordAction(trx, ctx, { serverId, name: action });
      await appendEvent(trx, { type, subject: serverId, projectId: server.projectId, requestId: ctx.requestId });
      return await changeServer(trx, serverId, details);
    });
  }
}

/** An admin in the server's own project acts as its owner. */
const lockerOf = (ctx: Context, { projectId }: Server): 'owner' | 'admin' => (ctx.projectId === projectId ? 'owner' : 'admin');

/** Only what was given is written. */
function columnsOf({ name, description, hostname, accessIpV4, accessIpV6, diskConfig }: ServerUpdate): ServerDetails {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(accessIpV4 === undefined ? {} : { access_ip_v4: accessIpV4 || null }),
    ...(accessIpV6 === undefined ? {} : { access_ip_v6: accessIpV6 || null }),
    ...(diskConfig === undefined ? {} : { disk_config: diskConfig }),
  };
}
