import { bindPorts, bindPortsAlso, portsToTakeOff, turnPortsTo, unbindPorts } from '../db/stores/network/port-bindings.ts';
import { areHostsLinked } from '../db/stores/network/network-hosts.ts';
import { portsOfServer } from '../db/stores/network/ports.ts';
import { transaction } from '../db/sql/retry.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Log } from '../lib/log/log.ts';
import type { Manager } from '../lib/rpc/contract.ts';
import { allocatePorts, releasePorts } from './books/allocation.ts';
import type { HostNetworks, HostNetworksDeps } from './host/networks.ts';
import type { NetworkLimits } from './books/quota.ts';
import { PortsUnwanted } from './errors.ts';
import type { NetworkRpcApi, networkRpc } from './rpcapi.ts';
import { tellHosts } from './books/tell-hosts.ts';

export interface NetworkManagerDeps {
  readonly db: HostNetworksDeps['db'];
  readonly ids: Ids;
  /** The limits of a project without its own. */
  readonly quotaLimits: NetworkLimits;
  readonly log: Log;
  /** This host's networking; shared with its reconciler. */
  readonly hostNetworks: HostNetworks;
  /** Tells the other hosts that members of groups changed. */
  readonly network: Pick<NetworkRpcApi, 'refresh'>;
}

/** Answers the network service's messages: writes the books for all hosts, and configures its own host. */
export const networkManager = ({ db, ids, log, quotaLimits, hostNetworks, network }: NetworkManagerDeps): Manager<typeof networkRpc> => {
  return {
    allocatePorts: async (ctx, allocation) => {
      const { addresses, joined } = await allocatePorts({ db, ids, quotaLimits }, ctx, { ...allocation, isAdmin: ctx.isAdmin });
      if (joined.length > 0) await tellHosts({ network, log }, ctx, { groupIds: joined });
      return addresses;
    },
    releasePorts: async (ctx, release) => {
      const { addresses, released } = await releasePorts({ db }, ctx, release);
      if (released) {
        const { networkIds, groupIds, stillBound } = released;
        await tellHosts({ network, log }, ctx, { networkIds: (await areHostsLinked(db)) ? networkIds : stillBound, groupIds });
      }
      return addresses;
    },
    bindPorts: async (_ctx, binding) => {
      if (!(await bindPorts(db, binding))) throw PortsUnwanted({ serverId: binding.serverId });
    },
    bindPortsAlso: async (_ctx, binding) => {
      if (!(await bindPortsAlso(db, binding))) throw PortsUnwanted({ serverId: binding.serverId });
      return null;
    },
    turnPortsTo: async (ctx, binding) => {
      if (!(await transaction(db, (trx) => turnPortsTo(trx, binding)))) throw PortsUnwanted({ serverId: binding.serverId });
      // Floating IPs are where their port is.
      await tellHosts({ network, log }, ctx);
      return null;
    },
    unbindPorts: async ({ requestId }, binding) => {
      await unbindPorts(db, await portsToTakeOff(db, binding), { ...binding, requestId });
      return null;
    },
    plugPorts: async (ctx, { serverId }) => {
      const vifs = await hostNetworks.plug(ctx, serverId);
      // The other hosts of its networks learn where it is; they find out by themselves, too, but by asking everybody.
      if (vifs.length > 0 && (await areHostsLinked(db))) {
        const ports = await portsOfServer(db, serverId);
        await tellHosts({ network, log }, ctx, { networkIds: ports.map(({ networkId }) => networkId) });
      }
      return vifs;
    },
    unplugPorts: async (ctx, unplugging) => {
      await hostNetworks.unplug(ctx, unplugging);
      return null;
    },
    answering: async (_ctx, { portIds }) => [...(await hostNetworks.answering(portIds))],
    refresh: (_ctx, { only }) => hostNetworks.refresh(only),
  };
};
