import type { Context } from '../../lib/context/context.ts';
import { NovaError } from '../../lib/errors/error-type.ts';
import type { NetworkApi } from '../../network/api.ts';
import type { GroupsOfServer } from '../../network/server-networking.ts';
import { isUuid } from '../../objects/ids.ts';
import type { NamedGroup, SecurityGroup, SecurityGroupRule } from '../../objects/network.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import { BadNetworkRequest, GroupIdMalformed, GroupPropertyEmpty } from './errors.ts';
import { type AskedRule, ruleOf } from './asked-rule.ts';

/** Which groups to list: those of the caller's project, or of all for an admin. */
export interface GroupListing {
  readonly ofAllProjects: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** A group's name and description. */
export interface GroupTexts {
  readonly name: string;
  readonly description: string;
}

interface Deps {
  readonly policy: Policy;
  readonly networks: Pick<NetworkApi, 'groups' | 'rules'>;
}

/** More groups than a list has. */
const MOST_GROUPS = 10_000;

/** Security groups, passed on to the network service; its refusals are told as Nova told them. */
export class ProxiedGroupsApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context, { ofAllProjects, offset, limit }: GroupListing): Promise<GroupsOfServer> {
    this.#check(ctx, 'get');
    const isWide = ofAllProjects && ctx.isAdmin;
    const filters: Record<string, readonly string[]> = isWide ? {} : { project_id: [ctx.projectId ?? ''] };
    const all = await this.#deps.networks.groups.list(ctx, { filters, sort: [], limit: MOST_GROUPS });
    return await this.#withRemotes(all.slice(offset, offset + limit));
  }

  async show(ctx: Context, id: string): Promise<GroupsOfServer> {
    this.#check(ctx, 'show');
    return await this.#withRemotes([await this.#deps.networks.groups.show(ctx, checked(id))]);
  }

  async create(ctx: Context, texts: GroupTexts): Promise<GroupsOfServer> {
    this.#check(ctx, 'create');
    return await this.#withRemotes([await told(this.#deps.networks.groups.create(ctx, named(texts)))]);
  }

  async update(ctx: Context, id: string, texts: GroupTexts): Promise<GroupsOfServer> {
    this.#check(ctx, 'update');
    return await this.#withRemotes([await told(this.#deps.networks.groups.update(ctx, checked(id), named(texts)))]);
  }

  async delete(ctx: Context, id: string): Promise<void> {
    this.#check(ctx, 'delete');
    await told(this.#deps.networks.groups.delete(ctx, checked(id)));
  }

  /** An incoming rule of a group; also the group that it may name as remote. */
  async createRule(ctx: Context, asked: AskedRule): Promise<{ readonly rule: SecurityGroupRule; readonly remotes: readonly NamedGroup[] }> {
    this.#check(ctx, 'rule:create');
    const wanted = ruleOf(asked);
    const [rule] = await told(this.#deps.networks.rules.create(ctx, [wanted]));
    if (!rule) throw BadNetworkRequest({ message: 'The rule was not made.' });
    // The network service keeps the range without the bits of a host; clients compare the answer with what they sent.
    return { rule: { ...rule, remoteCidr: wanted.remoteCidr ?? null }, remotes: await this.#remotesOf([rule]) };
  }

  async deleteRule(ctx: Context, id: string): Promise<void> {
    this.#check(ctx, 'rule:delete');
    await told(this.#deps.networks.rules.delete(ctx, checked(id)));
  }

  #check(ctx: Context, what: 'get' | 'show' | 'create' | 'update' | 'delete' | 'rule:create' | 'rule:delete'): void {
    const rule: PolicyRule = `os_compute_api:os-security-groups:${what}`;
    this.#deps.policy.check(ctx, rule, { project_id: ctx.projectId });
  }

  async #withRemotes(groups: readonly SecurityGroup[]): Promise<GroupsOfServer> {
    return { groups, remotes: await this.#remotesOf(groups.flatMap(({ rules }) => rules)) };
  }

  #remotesOf(rules: readonly SecurityGroupRule[]): Promise<readonly NamedGroup[]> {
    return this.#deps.networks.groups.names(rules.flatMap(({ remoteGroupId }) => remoteGroupId ?? []));
  }
}

function checked(id: string): string {
  if (!isUuid(id)) throw GroupIdMalformed({});
  return id;
}

/** Blanks are part of a name, but not all of it. */
function named(texts: GroupTexts): GroupTexts {
  if (texts.name.trim() === '') throw GroupPropertyEmpty({ what: 'name' });
  return texts;
}

/** Nova answers what the network service refuses as a conflict with 400. */
async function told<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof NovaError && error.kind === 'conflict' ? BadNetworkRequest({ message: error.message }, { cause: error }) : error;
  }
}
