import { NovaError } from '../../lib/errors/error-type.ts';
import type { Kind } from '../../lib/errors/kind.ts';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { CALL_TIMEOUT_MS } from '../../lib/rpc/limits.ts';
import { outcomeOf } from '../../lib/workflow/outcome.ts';
import type { NetworkingChecks, PortsOfServers } from '../../network/server-networking.ts';
import { asId, type HostName, type NetworkId, type PortId, type ServerId } from '../../objects/ids.ts';
import type { Port } from '../../objects/network.ts';
import type { RequestedNetwork } from '../../objects/network-info.ts';
import type { Server } from '../../objects/server.ts';
import { lifecycle } from '../../operations/lifecycle.ts';
import { type AttachInterface, attachInterfaceRef, detachInterfaceRef } from '../../operations/workflows.ts';
import type { Policy } from '../../policy/policy.ts';
import { begin, type BeginDeps } from './begin-work.ts';
import {
  AddressWithoutNetwork,
  InterfaceAttachFailed,
  NetworkAndPort,
  NoNetworkToAttach,
  PortNotOfServer,
  ServerNotReady,
} from './errors.ts';
import { visibleServer } from './find-server.ts';
import { checkMayBegin } from './may-begin.ts';

export interface InterfaceDeps extends BeginDeps {
  readonly policy: Policy;
  readonly networks: { readonly ofServers: PortsOfServers } & Pick<NetworkingChecks, 'checkRequested'>;
  readonly clock: Clock;
}

/** The interface that a caller asks for: a port, or a network; without both, the project's only network. */
export interface WantedInterface {
  readonly networkId?: string | undefined;
  readonly portId?: string | undefined;
  readonly fixedIp?: string | undefined;
  readonly tag?: string | undefined;
}

/** Attaches ports to servers and detaches them. */
export class InterfaceApi {
  readonly #deps: InterfaceDeps;

  constructor(deps: InterfaceDeps) {
    this.#deps = deps;
  }

  /** Resolves when the guest has its new network card. */
  async attach(ctx: Context, id: string, asked: WantedInterface): Promise<Port> {
    const server = await visibleServer(this.#deps, ctx, {
      id,
      rule: 'os_compute_api:os-attach-interfaces:create',
      evenDeleted: ctx.resumed === true,
    });
    if (asked.networkId !== undefined && asked.portId !== undefined) throw NetworkAndPort({});
    if (asked.fixedIp !== undefined && asked.networkId === undefined) throw AddressWithoutNetwork({});
    const { workflowId } = await begin<AttachInterface, RequestedNetwork>(this.#deps, ctx, server.id, {
      transition: 'attachInterface',
      action: 'attach_interface',
      workflow: attachInterfaceRef,
      prepare: async () => {
        checkMayBegin(ctx, server, lifecycle.attachInterface, 'attach_interface');
        return await asAttaching(this.#resolve(ctx, server.projectId, asked));
      },
      inputOf: (locked, _trx, wanted) => ({ serverId: locked.id, host: hostOf(locked), wanted }),
    });
    return await asAttaching(this.#attached(server.id, workflowId));
  }

  /** Begins to take the port from the server; it is gone from it a little later. */
  async detach(ctx: Context, id: string, portId: string): Promise<void> {
    const server = await visibleServer(this.#deps, ctx, {
      id,
      rule: 'os_compute_api:os-attach-interfaces:delete',
      evenDeleted: ctx.resumed === true,
    });
    await begin(this.#deps, ctx, server.id, {
      transition: 'detachInterface',
      action: 'detach_interface',
      workflow: detachInterfaceRef,
      prepare: async () => {
        checkMayBegin(ctx, server, lifecycle.detachInterface, 'detach_interface');
        const port = (await this.#deps.networks.ofServers.ports(server.id)).find((one) => one.id === portId.toLowerCase());
        if (!port) throw PortNotOfServer({ id: server.id, portId });
        return port;
      },
      inputOf: (locked, _trx, port: Port) => ({
        serverId: locked.id,
        host: hostOf(locked),
        portId: port.id,
        macAddress: port.macAddress,
      }),
    });
  }

  /** What to attach, with a network for the port and an id for a new one. */
  async #resolve(ctx: Context, projectId: string, { networkId, portId, fixedIp, tag }: WantedInterface): Promise<RequestedNetwork> {
    const { ids, networks } = this.#deps;
    const tagged = tag === undefined ? {} : { tag };
    const named = portId === undefined ? (networkId ?? (await networks.ofServers.onlyNetwork(projectId))) : undefined;
    if (portId === undefined && named === undefined) throw NoNetworkToAttach({ projectId });
    const wanted: RequestedNetwork =
      portId === undefined
        ? {
            networkId: asId<NetworkId>(named ?? ''),
            newPortId: asId<PortId>(ids.uuid()),
            ...(fixedIp !== undefined && { fixedIp }),
            ...tagged,
          }
        : { portId: asId<PortId>(portId.toLowerCase()), ...tagged };
    await networks.checkRequested(ctx, [wanted], 1);
    return wanted;
  }

  /** The port, once the workflow has attached it. */
  async #attached(serverId: ServerId, workflowId: string): Promise<Port> {
    const { db, clock, networks } = this.#deps;
    const input = await outcomeOf<AttachInterface>(db, workflowId, { clock, timeoutMs: CALL_TIMEOUT_MS }).catch((error: unknown) => {
      const isForCaller = error instanceof NovaError && error.kind !== 'internal';
      throw isForCaller ? error : InterfaceAttachFailed({ id: serverId }, { cause: error });
    });
    const portId = input?.wanted.portId ?? input?.wanted.newPortId ?? '';
    const port = (await networks.ofServers.ports(serverId)).find(({ id }) => id === portId);
    // It was detached again meanwhile.
    if (!port) throw PortNotOfServer({ id: serverId, portId });
    return port;
  }
}

const hostOf = ({ id, host }: Server): HostName => {
  if (host === null) throw ServerNotReady({ id });
  return host;
};

/** The refusals of networking that mean something else here than at a boot: what is named in this body is missing, not bad input. */
const kindsHere: Readonly<Record<string, Kind>> = {
  UnknownNetwork: 'not-found',
  UnknownPort: 'not-found',
  NetworkAmbiguous: 'invalid',
  IpAddressGenerationFailure: 'invalid',
  FixedIpAlreadyInUse: 'conflict',
  IpAddressInUse: 'conflict',
};

async function asAttaching<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    const kind = error instanceof NovaError ? kindsHere[error.code] : undefined;
    if (!(error instanceof NovaError) || kind === undefined) throw error;
    throw new NovaError(error.code, kind, error.message, error.params, { cause: error });
  }
}
