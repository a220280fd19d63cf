import { change, type Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import {
  deleteNetwork,
  findNetworks,
  insertNetwork,
  listNetworks,
  lockNetwork,
  subnetsOf,
  updateNetwork,
} from '../../db/stores/network/networks.ts';
import { defaultQosPolicy } from '../../db/stores/network/qos.ts';
import { dependentsOf } from '../../db/stores/network/rbac-policies.ts';
import { countPorts, isUsedExternally } from '../../db/stores/network/ports.ts';
import { networkCreate, networkDelete, networkUpdate, subnetDelete } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Network } from '../../objects/network.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { InvalidSharedSetting, MarkerUnknown, NetworkInUse, NetworkNotFound } from '../errors.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { checkQosChange, checkQosPolicy, takeQosPolicy } from './qos-of.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { ExternalNetworkInUse } from '../router-errors.ts';
import { takeSegment } from '../books/segments.ts';
import { defaultMtu, typeOfNew, vniOf, type WantedSegment } from '../plan/segment.ts';
import { takeQuotas } from '../books/quota.ts';
import { giveBackUnused } from '../books/unused-floating-ips.ts';
import { tellHosts } from '../books/tell-hosts.ts';

/** The attributes of a network; omitted ones keep their default or value. */
export interface NetworkChanges {
  readonly name?: string;
  readonly description?: string;
  readonly adminStateUp?: boolean;
  readonly isShared?: boolean;
  readonly isExternal?: boolean;
  readonly portSecurityEnabled?: boolean;
  /** Bytes. */
  readonly mtu?: number;
  /** Null: none. */
  readonly qosPolicyId?: string | null;
}

/** A network to create, for the caller's project unless another one is named. */
export type NewNetwork = NetworkChanges & WantedSegment & { readonly projectId?: string; readonly tags?: readonly string[] };

/** Networks: a project's own, and those that are shared with it. */
export class NetworksApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly Network[]> {
    this.#deps.policy.check(ctx, 'get_network');
    const found = await listNetworks(this.#deps.db, pageQueryOf(listFields.networks, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws NetworkNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<Network> {
    this.#deps.policy.check(ctx, 'get_network');
    return await this.#find(ctx, id);
  }

  /** Creates all of them or none. */
  async create(ctx: Context, networks: readonly NewNetwork[]): Promise<readonly Network[]> {
    const { db, ids, quotaLimits } = this.#deps;
    for (const network of networks) this.#checkNew(ctx, network);
    for (const { qosPolicyId } of networks) await checkQosPolicy(db, ctx, qosPolicyId);
    return await change(ctx, { db, what: 'network.create', ...networkMemory }, async ({ trx, tell }) => {
      const projectIds = networks.map(({ projectId }) => ownerOf(ctx, projectId));
      await takeQuotas(trx, quotaLimits, { projectIds, resource: 'network' });
      const made: Network[] = [];
      for (const network of networks) {
        const project_id = ownerOf(ctx, network.projectId);
        const usual = network.qosPolicyId === undefined ? await defaultQosPolicy(trx, project_id) : undefined;
        await takeQosPolicy(trx, usual?.id ?? network.qosPolicyId);
        made.push(
          await insertNetwork(trx, {
            name: '',
            mtu: defaultMtu(typeOfNew(network.isExternal ?? false)),
            ...(await takeSegment(trx, network)),
            ...(usual && { qos_policy_id: usual.id }),
            ...columnsOf(network),
            tags: network.tags,
            id: ids.uuid(),
            project_id,
          }),
        );
      }
      for (const network of made) tell(networkCreate(network));
      return made;
    });
  }

  #checkNew(ctx: Context, { projectId, isShared, isExternal = false, ...wanted }: NewNetwork): void {
    const { policy } = this.#deps;
    const target = { project_id: ownerOf(ctx, projectId) };
    policy.check(ctx, 'create_network', target);
    if (isShared) policy.check(ctx, 'create_network:shared', target);
    if (isExternal) policy.check(ctx, 'create_network:router:external', target);
    if (wanted.networkType != null) policy.check(ctx, 'create_network:provider:network_type', target);
    if (wanted.physicalNetwork != null) policy.check(ctx, 'create_network:provider:physical_network', target);
    if (wanted.segmentationId != null) policy.check(ctx, 'create_network:provider:segmentation_id', target);
    vniOf(wanted, isExternal);
  }

  async update(ctx: Context, id: string, changes: NetworkChanges, expecting: Expecting = {}): Promise<Network> {
    const { db, policy } = this.#deps;
    const network = await this.#find(ctx, id);
    const target = { project_id: network.projectId };
    policy.check(ctx, 'update_network', target);
    await checkQosChange(db, ctx, { before: network.qosPolicyId, wanted: changes.qosPolicyId });
    if (changes.isShared !== undefined) policy.check(ctx, 'update_network:shared', target);
    if (changes.isExternal !== undefined) policy.check(ctx, 'update_network:router:external', target);
    const updated = await change(ctx, { db, what: 'network.update', ...networkMemory }, async ({ trx, tell }) => {
      if (!(await lockNetwork(trx, id))) return [];
      refuseOutdated(expecting, (await findNetworks(trx, [id], null))[0]);
      const isTakenBack = network.isShared && changes.isShared === false;
      if (isTakenBack && (await dependentsOf(trx, sharedWithAll(id))).length > 0) throw InvalidSharedSetting({ network: network.name });
      if (network.isExternal && changes.isExternal === false && (await isUsedExternally(trx, id)))
        throw ExternalNetworkInUse({ networkId: id });
      await takeQosPolicy(trx, changes.qosPolicyId);
      const after = await updateNetwork(trx, id, columnsOf(changes));
      if (after) tell(networkUpdate(after));
      return after ? [after] : [];
    });
    const [after] = updated;
    if (!after) throw NetworkNotFound({ id });
    await tellHosts(this.#deps, ctx);
    return after;
  }

  /** Deletes a network with its subnets; refuses while it has ports. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const network = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_network', { project_id: network.projectId });
      return network;
    };
    await change(ctx, { db: this.#deps.db, what: 'network.delete', prepare }, async (changing, network) => {
      const { trx, tell } = changing;
      if (!(await lockNetwork(trx, id))) throw NetworkNotFound({ id });
      refuseOutdated(expecting, (await findNetworks(trx, [id], null))[0]);
      await giveBackUnused(changing, id);
      if ((await countPorts(trx, id)) > 0) throw NetworkInUse({ id });
      for (const subnet of await subnetsOf(trx, [id])) tell(subnetDelete(subnet));
      tell(networkDelete(network));
      await deleteNetwork(trx, id);
    });
  }

  async #find(ctx: Context, id: string): Promise<Network> {
    const [network] = isUuid(id) ? await findNetworks(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!network) throw NetworkNotFound({ id });
    return network;
  }
}

const sharedWithAll = (objectId: string) => ({ objectType: 'network', objectId, action: 'access_as_shared', targetProject: '*' }) as const;

/** A retried request finds its networks by their ids. */
const networkMemory = {
  keep: (networks: readonly Network[]): readonly string[] => networks.map(({ id }) => id),
  recall: (ids: readonly string[], { trx }: Changing<CloudDb>): Promise<readonly Network[]> => findNetworks(trx, ids, null),
};

/** The given attributes, by column. */
const columnsOf = (network: NetworkChanges) => ({
  ...(network.name !== undefined && { name: network.name }),
  ...(network.description !== undefined && { description: network.description }),
  ...(network.adminStateUp !== undefined && { admin_state_up: network.adminStateUp }),
  ...(network.isShared !== undefined && { shared: network.isShared }),
  ...(network.isExternal !== undefined && { external: network.isExternal }),
  ...(network.portSecurityEnabled !== undefined && { port_security_enabled: network.portSecurityEnabled }),
  ...(network.mtu !== undefined && { mtu: network.mtu }),
  ...(network.qosPolicyId !== undefined && { qos_policy_id: network.qosPolicyId }),
});
