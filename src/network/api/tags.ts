/** Words that clients put on networks, subnets and other resources. */
import { change } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { findNetworks, findSubnets } from '../../db/stores/network/networks.ts';
import { findFloatingIps } from '../../db/stores/network/floating-ips.ts';
import { findPort } from '../../db/stores/network/ports.ts';
import { findRouters } from '../../db/stores/network/routers.ts';
import { findGroup } from '../../db/stores/network/security-groups.ts';
import { findQosPolicies } from '../../db/stores/network/qos.ts';
import { findSubnetPool } from '../../db/stores/network/subnet-pools.ts';
import { lockTags, type TaggedTable, writeTags } from '../../db/stores/network/tags.ts';
import type { Event } from '../../events/event-type.ts';
import { networkUpdate, portUpdate, securityGroupUpdate, subnetUpdate } from '../../events/network.ts';
import { qosPolicyUpdate } from '../../events/network-qos.ts';
import { subnetPoolUpdate } from '../../events/network-sharing.ts';
import { floatingIpUpdate, routerUpdate } from '../../events/routers.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import { invalidInput, TagNotFound, TagResourceNotFound } from '../errors.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';
import { type Expecting, refuseOutdated } from './revision.ts';

/** The most tags of one resource, as in Neutron. */
export const MAX_TAGS = 50;

/** Characters. */
export const MAX_TAG_LENGTH = 255;

/** A resource with what is needed of it here. */
interface Found {
  readonly projectId: string;
  readonly tags: readonly string[];
  readonly updated: () => Event;
}

interface Kind {
  /** In policy rules and messages. */
  readonly name: 'network' | 'subnet' | 'port' | 'security_group' | 'router' | 'floatingip' | 'subnetpool' | 'policy';
  readonly find: (db: CloudDb, id: string, sight: string | null) => Promise<Found | undefined>;
}

type Resource = Omit<Found, 'updated'>;

const found = <R extends Resource>(resource: R | undefined, told: (resource: R) => Event): Found | undefined =>
  resource && { projectId: resource.projectId, tags: resource.tags, updated: () => told(resource) };

const kinds: Readonly<Record<TaggedTable, Kind>> = {
  networks: { name: 'network', find: async (db, id, sight) => found((await findNetworks(db, [id], sight))[0], networkUpdate) },
  subnets: { name: 'subnet', find: async (db, id, sight) => found((await findSubnets(db, [id], sight))[0], subnetUpdate) },
  ports: { name: 'port', find: async (db, id, sight) => found(await findPort(db, id, sight), portUpdate) },
  security_groups: { name: 'security_group', find: async (db, id, sight) => found(await findGroup(db, id, sight), securityGroupUpdate) },
  routers: { name: 'router', find: async (db, id, sight) => found((await findRouters(db, [id], sight))[0], routerUpdate) },
  subnet_pools: { name: 'subnetpool', find: async (db, id, sight) => found(await findSubnetPool(db, id, sight), subnetPoolUpdate) },
  qos_policies: { name: 'policy', find: async (db, id, sight) => found((await findQosPolicies(db, [id], sight))[0], qosPolicyUpdate) },
  floating_ips: { name: 'floatingip', find: async (db, id, sight) => found((await findFloatingIps(db, [id], sight))[0], floatingIpUpdate) },
};

/** One resource with tags, and the revision of it that the client saw. */
export interface TaggedId extends Expecting {
  readonly of: TaggedTable;
  readonly id: string;
}

/** Tags of resources: whoever sees a resource sees its tags, whoever may change it may change them. */
export class TagsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, tagged: TaggedId): Promise<readonly string[]> {
    this.#deps.policy.check(ctx, `get_${kinds[tagged.of].name}`);
    return (await this.#find(ctx, tagged)).tags;
  }

  /** Throws TagNotFound unless the resource has the tag. */
  async check(ctx: Context, tagged: TaggedId, tag: string): Promise<void> {
    if (!(await this.list(ctx, tagged)).includes(tag)) throw TagNotFound({ tag });
  }

  /** Returns the tags that it then has. */
  replace(ctx: Context, tagged: TaggedId, tags: readonly string[]): Promise<readonly string[]> {
    return this.#change(ctx, tagged, () => tags);
  }

  add(ctx: Context, tagged: TaggedId, tags: readonly string[]): Promise<readonly string[]> {
    return this.#change(ctx, tagged, (before) => [...before, ...tags]);
  }

  /** Throws TagNotFound unless the resource has the tag. */
  async remove(ctx: Context, tagged: TaggedId, tag: string): Promise<void> {
    await this.#change(ctx, tagged, (before) => {
      if (!before.includes(tag)) throw TagNotFound({ tag });
      return before.filter((one) => one !== tag);
    });
  }

  async #change(ctx: Context, tagged: TaggedId, next: (before: readonly string[]) => readonly string[]): Promise<readonly string[]> {
    const { db, policy } = this.#deps;
    const { of, id } = tagged;
    const { name, find } = kinds[of];
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, tagged);
      policy.check(ctx, `update_${name}`, { project_id: projectId });
    };
    return await change(ctx, { db, what: `${name}.tag`, prepare }, async ({ trx, tell }) => {
      const before = await lockTags(trx, of, id);
      if (!before) throw TagResourceNotFound({ resource: name, id });
      refuseOutdated(tagged, before);
      const tags = [...new Set(next(before.tags))].sort();
      if (tags.some((tag) => tag.length > MAX_TAG_LENGTH)) throw invalidInput('tags', `A tag has at most ${MAX_TAG_LENGTH} characters.`);
      if (tags.length > MAX_TAGS) throw invalidInput('tags', `A resource has at most ${MAX_TAGS} tags.`);
      await writeTags(trx, of, id, tags);
      const after = await find(trx, id, null);
      if (after) tell(after.updated());
      return tags;
    });
  }

  async #find(ctx: Context, { of, id }: TaggedId): Promise<Found> {
    const resource = isUuid(id) ? await kinds[of].find(this.#deps.db, id, sightOf(ctx)) : undefined;
    if (!resource) throw TagResourceNotFound({ resource: kinds[of].name, id });
    return resource;
  }
}
