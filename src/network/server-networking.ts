import type { Context } from '../lib/context/context.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import type { RequestedNetworks, ServerAddresses, Vif } from '../objects/network-info.ts';

/** A change of a server's ports, and the fence of the work that it is part of: a change that comes after newer work is refused. */
export interface PortsOfServer {
  readonly serverId: ServerId;
  readonly fence: number;
}

/** What a server is to get. */
export interface WantedPorts extends PortsOfServer {
  readonly projectId: string;
  readonly hostname: string;
  readonly requested: RequestedNetworks;
  /** By name or id. */
  readonly securityGroups: readonly string[];
}

/**
 * How the conductor's workflows give servers their networking, whoever does it. Each call may be repeated: the second time finds the work
 * done. The order is that of a boot, and its reverse is that of a delete.
 */
export interface ServerNetworking {
  /** Gives the server a port on each network asked for; on which host it will run need not be known. */
  allocate(ctx: Context, wanted: WantedPorts): Promise<ServerAddresses>;
  /** Makes a host the one that carries the server's ports. */
  bind(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Connects the server's ports on the host to which they are bound; answers how its hypervisor attaches them. */
  activate(ctx: Context, at: { readonly serverId: ServerId; readonly host: HostName }): Promise<Vif[]>;
  /** Takes the server's ports off a host and ends their bindings to it; a host that nobody answers for does so itself when it is back. */
  deactivate(ctx: Context, binding: PortsOfServer & { readonly host: HostName }): Promise<void>;
  /** Takes the server's ports away: those made for it are deleted, those it was given are set free. Answers that it has none. */
  release(ctx: Context, ports: PortsOfServer): Promise<ServerAddresses>;
}

/** What can be said of a request for networking before anything is tried. */
export interface NetworkingChecks {
  /** Throws what is wrong with the networks asked for, for example that one is unknown. */
  checkRequested(ctx: Context, requested: RequestedNetworks, count: number): Promise<void>;
  /** Throws when the project has no security group of one of the names. */
  checkSecurityGroups(ctx: Context, names: readonly string[]): Promise<void>;
}
