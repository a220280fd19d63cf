import { type Static, Type as t } from '@sinclair/typebox';
import { type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { hostName, portId, serverId } from '../objects/ids.ts';
import { requestedNetworks, serverAddresses, vif } from '../objects/network-info.ts';

/** The fence of the work that a request belongs to (StepContext); a request without one is never late. */
const fence = t.Optional(t.Integer());

/** What a change touched: networks whose ports, or security groups whose members or rules are others now. */
const concern = t.Object({ networkIds: t.Array(t.String()), groupIds: t.Array(t.String()) });
export type Concern = Static<typeof concern>;

/** The most ports whose guests a host pings for one message. */
export const MAX_PINGS = 500;

/**
 * Ports of servers, and what hosts do for them. Every message is idempotent. Messages that change the books carry the fence of their work;
 * one that stayed in a queue until newer work was done is refused.
 */
export const networkRpc = contract('network', {
  /** Gives the server a port on each requested network; keeps the ports that it has. */
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
  /** Releases the server's ports, or some of them: deletes those made for it, detaches those it was given. Returns what it has left. */
  releasePorts: call({ to: 'any', params: { serverId, portIds: t.Optional(t.Array(portId)), fence }, returns: serverAddresses }),
  /** Binds the server's ports to a host. */
  bindPorts: call({ to: 'any', params: { serverId, host: hostName, fence }, returns: t.Null() }),
  /** Binds the server's ports to a second host, which a move brings it to. */
  bindPortsAlso: call({ to: 'any', params: { serverId, host: hostName, fence }, returns: t.Null() }),
  /** Makes one of the hosts that the server's ports are bound to the one that carries them; the other stays bound. */
  turnPortsTo: call({ to: 'any', params: { serverId, host: hostName, fence }, returns: t.Null() }),
  /** Deletes the bindings of the server's ports to a host that is away; it unplugs them when it is back. */
  unbindPorts: call({ to: 'any', params: { serverId, host: hostName, fence }, returns: t.Null() }),
  /** Prepares the host for the server's ports, which are bound to it: bridge, DHCP, filters. */
  plugPorts: call({ to: 'host', params: { serverId }, returns: t.Array(vif) }),
  /** Unplugs the server's ports, or some of them, from the host and deletes their bindings to it. */
  unplugPorts: call({ to: 'host', params: { serverId, portIds: t.Optional(t.Array(portId)), fence }, returns: t.Null() }),
  /** Which of these ports on the host have an address that answers a ping from there. */
  answering: call({
    to: 'host',
    params: { portIds: t.Array(portId, { maxItems: MAX_PINGS }) },
    returns: t.Array(portId),
    timeoutMs: 30_000,
  }),
  /** Rules, members or addresses changed: every host refreshes its ports, or only those that the change concerns. */
  refresh: cast({ to: 'all', params: { only: t.Optional(concern) } }),
});

export type NetworkRpcApi = Client<typeof networkRpc>;
