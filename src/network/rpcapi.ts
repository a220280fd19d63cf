import { Type as t } from '@sinclair/typebox';
import { type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { hostName, portId, serverId } from '../objects/ids.ts';
import { requestedNetworks, serverAddresses, vif } from '../objects/network-info.ts';

/** The fence of the work that a request is part of (StepContext): one without a fence is never late. */
const fence = t.Optional(t.Integer());

/**
 * Ports of servers, and what hosts do for them. Every message may be repeated: the second time finds the work done. What changes the books
 * names the fence of its work, and is refused once newer work was there: it may have lain in a queue until the server went elsewhere.
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
      fence,
    },
    returns: serverAddresses,
  }),
  /** Takes the server's ports away: those made for it are deleted, those it was given are set free. */
  releasePorts: call({ to: 'any', params: { serverId, fence }, returns: serverAddresses }),
  /** Makes a host the one that carries the server's ports. */
  bindPorts: call({ to: 'any', params: { serverId, host: hostName, fence }, returns: t.Null() }),
  /** Makes the host ready for the server's ports, which are bound to it: bridge, DHCP, filters. */
  plugPorts: call({ to: 'host', params: { serverId }, returns: t.Array(vif) }),
  /** Takes the server's ports, or some of them, off the host, and ends their bindings to it. */
  unplugPorts: call({ to: 'host', params: { serverId, portIds: t.Optional(t.Array(portId)), fence }, returns: t.Null() }),
  /** Rules, members or addresses changed: every host looks at its ports anew. */
  refresh: cast({ to: 'all', params: {} }),
});

export type NetworkRpcApi = Client<typeof networkRpc>;
