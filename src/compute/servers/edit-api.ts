import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { guestPasswordOf } from '../../db/stores/servers/guest-password.ts';
import type { ServerDetails } from '../../db/stores/servers/servers.ts';
import type { Context } from '../../lib/context/context.ts';
import type { Server } from '../../objects/server.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { checkMetadataItems } from '../../quota/check.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { changeRecord } from './change-record.ts';
import { MetadataItemNotFound, NotInZone, ServerInWrongState, TagNotFound, TooManyTags } from './errors.ts';
import { visibleServer } from './find-server.ts';
import { type ServerEdit, serverEdits } from './server-edits.ts';

export interface ServerEditDeps {
  readonly db: WholeDb;
  readonly policy: Policy;
  readonly quotaLimits: QuotaLimits;
}

/** What an owner can update of a server; absent fields stay. */
export interface ServerUpdate {
  readonly name?: string;
  readonly description?: string | null;
  readonly hostname?: string;
  readonly accessIpV4?: string;
  readonly accessIpV6?: string;
  readonly diskConfig?: 'AUTO' | 'MANUAL';
  /** The zone that moves keep the server in; null lets them take it anywhere. */
  readonly pinnedZone?: string | null;
}

/** How many tags a server may have. */
const MAX_TAGS = 50;

interface Editing {
  readonly rule: PolicyRule;
  readonly edit: ServerEdit;
  /** Columns to change, computed from the locked server; empty if there is nothing to change. */
  readonly change: (server: Server, trx: InWhole) => Promise<ServerDetails> | ServerDetails;
}

/** Changes of a server's record that involve no guest and no host, each in one transaction with its event. */
export class ServerEditApi {
  readonly #deps: ServerEditDeps;

  constructor(deps: ServerEditDeps) {
    this.#deps = deps;
  }

  async update(ctx: Context, id: string, asked: ServerUpdate): Promise<Server> {
    return await this.#edit(ctx, id, {
      rule: 'os_compute_api:servers:update',
      edit: 'update',
      change: (server) => columnsOf(server, asked),
    });
  }

  /** Sets the server's metadata or adds to it; returns all of it. */
  async setMetadata(
    ctx: Context,
    id: string,
    items: Readonly<Record<string, string>>,
    { how, rule }: { how: 'merge' | 'replace'; rule: PolicyRule },
  ): Promise<Readonly<Record<string, string>>> {
    const change = async (server: Server, trx: InWhole) => {
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

  /** @returns whether the tag is new */
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

  /** The password that the guest has posted, encrypted for the server's owner; empty if it has not, or after `clearPassword`. */
  async password(ctx: Context, id: string): Promise<string> {
    const server = await visibleServer(this.#deps, ctx, { id, rule: 'os_compute_api:os-server-password:show' });
    return (await guestPasswordOf(this.#deps.db, server.id)) ?? '';
  }

  /** Forgets the password that the guest has posted; the guest keeps it, and may post another. */
  async clearPassword(ctx: Context, id: string): Promise<void> {
    await this.#edit(ctx, id, { rule: 'os_compute_api:os-server-password:clear', edit: 'clearPassword', change: withoutPassword });
  }

  #edit(ctx: Context, id: string, { rule, edit, change }: Editing): Promise<Server> {
    const row = serverEdits[edit];
    return changeRecord(this.#deps, ctx, id, { rule, name: edit, row, words: row.words, change });
  }
}

const withoutPassword = async ({ id }: Server, trx: InWhole): Promise<ServerDetails> =>
  (await guestPasswordOf(trx, id)) === undefined ? {} : { guest_password: null };

/** Only given fields are written. */
function columnsOf(server: Server, asked: ServerUpdate): ServerDetails {
  const { name, description, hostname, accessIpV4, accessIpV6, diskConfig, pinnedZone } = asked;
  if (typeof pinnedZone === 'string') checkPin(server, pinnedZone);
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(hostname === undefined ? {} : { hostname }),
    ...(accessIpV4 === undefined ? {} : { access_ip_v4: accessIpV4 || null }),
    ...(accessIpV6 === undefined ? {} : { access_ip_v6: accessIpV6 || null }),
    ...(diskConfig === undefined ? {} : { disk_config: diskConfig }),
    ...(pinnedZone === undefined ? {} : { requested_zone: pinnedZone }),
  };
}

/** A server is pinned where it is. While it may still go elsewhere, nobody knows where that will be. */
function checkPin({ id, zone, vmState, taskState }: Server, pinnedZone: string): void {
  if (zone !== pinnedZone) throw NotInZone({ id, zone: pinnedZone });
  if (vmState === 'resized') throw ServerInWrongState({ action: 'update', id, attribute: 'vm_state', state: vmState });
  if (taskState !== null) throw ServerInWrongState({ action: 'update', id, attribute: 'task_state', state: taskState });
}
