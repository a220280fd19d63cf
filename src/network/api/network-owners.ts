import { change } from '../../db/change.ts';
import { findNetworks, lockNetwork, subnetsOf, updateNetwork, updateSubnet } from '../../db/stores/network/networks.ts';
import { countPorts } from '../../db/stores/network/ports.ts';
import { deleteSharing } from '../../db/stores/network/rbac-policies.ts';
import { networkUpdate, subnetUpdate } from '../../events/network.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import { takeQuota } from '../books/quota.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { InvalidSharedSetting, NetworkNotFound } from '../errors.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';

/** Gives networks to projects. */
export class NetworkOwnersApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  /** A shared network becomes the project's alone, with its subnets. Refused while others use it. */
  async give(ctx: Context, id: string, projectId: string): Promise<void> {
    const { db, policy, quotaLimits } = this.#deps;
    const [seen] = isUuid(id) ? await findNetworks(db, [id], sightOf(ctx)) : [];
    if (!seen) throw NetworkNotFound({ id });
    policy.check(ctx, 'update_network:shared', { project_id: seen.projectId });
    await change(ctx, { db, what: `network.give ${id}` }, async ({ trx, tell }) => {
      if (!(await lockNetwork(trx, id))) throw NetworkNotFound({ id });
      const [network] = await findNetworks(trx, [id], null);
      if (!network?.isShared || (await countPorts(trx, id, { notOf: projectId })) > 0) throw InvalidSharedSetting({ network: seen.name });
      const subnets = await subnetsOf(trx, [id]);
      if (network.projectId !== projectId) {
        await takeQuota(trx, quotaLimits, { projectId, resource: 'network', count: 1 });
        await takeQuota(trx, quotaLimits, { projectId, resource: 'subnet', count: subnets.length });
      }
      for (const subnet of subnets) {
        const moved = await updateSubnet(trx, subnet.id, { project_id: projectId });
        if (moved) tell(subnetUpdate(moved));
      }
      await deleteSharing(trx, id);
      const given = await updateNetwork(trx, id, { project_id: projectId, shared: false });
      if (given) tell(networkUpdate(given));
    });
    await tellHosts(this.#deps, ctx);
  }
}
