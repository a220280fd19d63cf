import { Type as t } from '@sinclair/typebox';
import { type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { hostName, portId, serverId, taskId } from '../objects/ids.ts';
import { networkInfo, requestedNetworks, vif } from '../objects/network-info.ts';

/**
 * Ports of servers, and what hosts do for them. Every message may be repeated: the second time finds the work done. What changes the books
 * names the task that it is part of, and is refused once nobody waits for that: it may have lain in a queue until the server went elsewhere.
 */
export const networkRpc = contract('network', {
  /** Gives the server a port on each network asked for; ports that it already has are kept. */
  allocatePorts: call({
    to: 'any',
    params: {
      serverId,
      projectId: t.String(),
      hostname: t.String(),
      requested: requestedNetworks,
      securityGroups: t.Array(t.String()),
      host: hostName,
      taskId: t.Optional(taskId),
    },
    returns: networkInfo,
  }),
  /** Takes the server's ports away: those made for it are deleted, those it was given are set free. */
  releasePorts: call({ to: 'any', params: { serverId, taskId: t.Optional(taskId) }, returns: t.Null() }),
  /** Makes the host ready for the server's ports: bridge, DHCP, filters. */
  plugPorts: call({ to: 'host', params: { serverId }, returns: t.Array(vif) }),
  unplugPorts: call({ to: 'host', params: { serverId, portIds: t.Optional(t.Array(portId)) }, returns: t.Null() }),
  /** Rules, members or addresses changed: every host looks at its ports anew. */
  refresh: cast({ to: 'all', params: {} }),
});

export type NetworkRpcApi = Client<typeof networkRpc>;
