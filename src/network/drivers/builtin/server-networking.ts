import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import { NoSuchHost } from '../../../lib/rpc/messaging-errors.ts';
import type { NetworkRpcApi } from '../../rpcapi.ts';
import type { ServerNetworking } from '../../server-networking.ts';

/** Networking by our own network service, over the queue. */
export const builtinNetworking = (network: NetworkRpcApi, log: Log): ServerNetworking => ({
  allocate: (ctx, { securityGroups, ...wanted }) => network.allocatePorts(ctx, { ...wanted, securityGroups: [...securityGroups] }),
  bind: (ctx, binding) => network.bindPorts(ctx, binding),
  bindAlso: async (ctx, binding) => void (await network.bindPortsAlso(ctx, binding)),
  turnTo: async (ctx, binding) => void (await network.turnPortsTo(ctx, binding)),
  unbind: async (ctx, binding) => void (await network.unbindPorts(ctx, binding)),
  activate: (ctx, at) => network.plugPorts(ctx, at),
  deactivate: async (ctx, { host, serverId, portIds, fence }) => {
    try {
      await network.unplugPorts(ctx, { host, serverId, fence, ...(portIds && { portIds: [...portIds] }) });
    } catch (error) {
      // A network service that is away reconciles its host with the books when it is back.
      if (!NoSuchHost.is(error)) throw error;
      const fields = { host, serverId, error: messageOf(error) };
      log.warn(fields, 'no network service on the host; it will unplug the ports when it is back');
    }
  },
  release: (ctx, { portIds, ...ports }) => network.releasePorts(ctx, { ...ports, ...(portIds && { portIds: [...portIds] }) }),
});
