import type { Context } from '../lib/context/context.ts';
import type { HostName, NetworkId, PortId, ServerId } from '../objects/ids.ts';
import type { NamedGroup, Port, SecurityGroup } from '../objects/network.ts';
import type { RequestedNetworks, ServerAddresses, Vif } from '../objects/network-info.ts';

/** A change of a server's ports, with the fence of its work: it is refused after newer work. */
export interface PortsOfServer {
  readonly serverId: ServerId;
  readonly fence: number;
}

/** All of a server's ports, or some of them. */
export interface SomePortsOfServer extends PortsOfServer {
  readonly portIds?: readonly PortId[];
}

/** The ports that a server should get. */
export interface WantedPorts extends PortsOfServer {
  readonly projectId: string;
  readonly hostname: string;
  readonly requested: RequestedNetworks;
  /** By name or id. */
  readonly securityGroups: readonly string[];
}

/**
 * How the conductor's workflows set up the networking of servers, whatever implements it. Each call is idempotent. The calls are in the
 * order of a boot; a delete reverses it.
 */
export interface ServerNetworking {
  /** Gives the server a port on each requested network; its host need not be known yet. */
  allocate(ctx: Context, wanted: WantedPorts): Promise<ServerAddresses>;
  /** Binds the server's ports to a host. */
  bind(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Binds the server's ports to a second host, which a move brings it to, beside the one that carries them. */
  bindAlso(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Makes one of the hosts that the server's ports are bound to the one that carries them; the other stays bound. */
  turnTo(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Deletes the bindings of the server's ports to a host that is away. */
  unbind(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Connects the server's ports on a host that they are bound to; returns how its hypervisor attaches them. */
  activate(ctx: Context, at: { readonly serverId: ServerId; readonly host: HostName }): Promise<Vif[]>;
  /** Unplugs the server's ports from a host and deletes their bindings to it; a host that is away unplugs them itself when it is back. */
  deactivate(ctx: Context, binding: SomePortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Releases the server's ports: deletes those made for it, detaches those it was given. Returns those that it has left. */
  release(ctx: Context, ports: SomePortsOfServer): Promise<ServerAddresses>;
}

/** The security groups of a server's ports. */
export interface GroupsOfServer {
  readonly groups: readonly SecurityGroup[];
  /** The groups that their rules name as remote. */
  readonly remotes: readonly NamedGroup[];
}

/** A security group to add to a server's ports or to remove from them. */
export interface GroupForServer {
  readonly serverId: ServerId;
  /** The owner of the server; the group must belong to it. */
  readonly projectId: string;
  /** The group's name or id. */
  readonly name: string;
}

/** The ports of a server as its owner sees and changes them. The caller has checked that it may. */
export interface PortsOfServers {
  ports(serverId: ServerId): Promise<readonly Port[]>;
  /** The network that a project's server gets when none is named; undefined without one, and an error when several would do. */
  onlyNetwork(projectId: string): Promise<NetworkId | undefined>;
  groups(serverId: ServerId): Promise<GroupsOfServer>;
  /** Adds the group to all of the server's ports; throws if one of them cannot have groups. */
  addGroup(ctx: Context, wanted: GroupForServer): Promise<void>;
  /** Removes the group from those of the server's ports that have it; throws if none has it. */
  removeGroup(ctx: Context, unwanted: GroupForServer): Promise<void>;
  /** Has the server's record show its ports as they are now. */
  refresh(ctx: Context, serverId: ServerId): Promise<void>;
  /** Gives one of the server's ports on the network another address. */
  addFixedIp(ctx: Context, wanted: { readonly serverId: ServerId; readonly networkId: string }): Promise<void>;
  /** Takes an address from the server's ports; throws if none has it. */
  removeFixedIp(ctx: Context, unwanted: { readonly serverId: ServerId; readonly address: string }): Promise<void>;
}

/** Checks of a networking request, before any work begins. */
export interface NetworkingChecks {
  /** Throws if the requested networks cannot be used, for example because one is unknown. */
  checkRequested(ctx: Context, requested: RequestedNetworks, count: number): Promise<void>;
  /** Throws when the project has no security group of one of the names. */
  checkSecurityGroups(ctx: Context, names: readonly string[]): Promise<void>;
}
