/** What other services tell of servers: the network service of their ports, a bare metal service of their power, a volume service of volumes. */
import { findServer } from '../../db/stores/servers/cached-servers.ts';
import { ServerInWrongState, ServerIsLocked } from './errors.ts';
import type { Context } from '../../lib/context/context.ts';
import type { PortsOfServers } from '../../network/server-networking.ts';
import type { HostName } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { detachInterfaceRef, performActionRef } from '../../operations/workflows.ts';
import type { Policy } from '../../policy/policy.ts';
import { followGrownVolume } from './grown-volume.ts';
import { type BeginDeps, beginWorkOn } from './begin-work.ts';

export interface ExternalEventDeps extends BeginDeps {
  readonly policy: Policy;
  readonly networks: { readonly ofServers: Pick<PortsOfServers, 'refresh'> };
}

export type ExternalEventName =
  | 'network-changed'
  | 'network-vif-plugged'
  | 'network-vif-unplugged'
  | 'network-vif-deleted'
  | 'volume-extended'
  | 'power-update'
  | 'accelerator-request-bound'
  | 'volume-reimaged';

/** An event as it is told; the tag names the port, the volume, the request or the power state that it is about. */
export interface ExternalEvent {
  readonly name: ExternalEventName;
  readonly serverId: string;
  readonly status: 'completed' | 'failed' | 'in-progress';
  readonly tag?: string | undefined;
}

/** How an event fared: taken, without what it needs, about something unknown, or about a server that is nowhere yet. */
export interface Delivery extends ExternalEvent {
  readonly code: 200 | 400 | 404 | 422;
}

/** A server that is on a host. */
type Placed = Server & { readonly host: HostName };

/** What must be known of an event besides its server. */
const needsTag: readonly ExternalEventName[] = ['volume-extended', 'volume-reimaged', 'power-update', 'accelerator-request-bound'];

const powerStates: Readonly<Record<string, 'start' | 'stop'>> = { POWER_ON: 'start', POWER_OFF: 'stop' };

/** Takes events; each is answered for itself. */
export class ExternalEventApi {
  readonly #deps: ExternalEventDeps;

  constructor(deps: ExternalEventDeps) {
    this.#deps = deps;
  }

  async deliver(ctx: Context, events: readonly ExternalEvent[]): Promise<readonly Delivery[]> {
    this.#deps.policy.check(ctx, 'os_compute_api:os-server-external-events:create');
    const delivered: Delivery[] = [];
    // One after the other: two events of a server are in the order in which they happened.
    for (const event of events) {
      const code = await this.#codeOf(ctx, event);
      delivered.push({ ...event, code, status: code === 200 ? event.status : 'failed' });
    }
    return delivered;
  }

  async #codeOf(ctx: Context, event: ExternalEvent): Promise<Delivery['code']> {
    const server = await findServer(this.#deps.db, event.serverId);
    if (!server || server.vmState === 'deleted') return 404;
    const { host } = server;
    if (host === null) return 422;
    if (needsTag.includes(event.name) && event.tag === undefined) return 400;
    if (event.name === 'power-update' && powerStates[event.tag ?? ''] === undefined) return 400;
    return await this.#take(ctx, { ...server, host }, event);
  }

  async #take(ctx: Context, server: Placed, { name, tag = '' }: ExternalEvent): Promise<Delivery['code']> {
    switch (name) {
      case 'network-changed':
        await this.#deps.networks.ofServers.refresh(ctx, server.id);
        return 200;
      case 'network-vif-deleted':
        await this.#deletePort(ctx, server, tag);
        return 200;
      case 'power-update':
        await this.#followPower(ctx, server, powerStates[tag] ?? 'stop');
        return 200;
      case 'volume-extended':
        return (await followGrownVolume(this.#deps, ctx, { serverId: server.id, volumeId: tag.toLowerCase() })) ? 200 : 404;
      case 'volume-reimaged':
        // The volume service writes images over volumes without asking.
        return 404;
      case 'network-vif-plugged':
      case 'network-vif-unplugged':
      case 'accelerator-request-bound':
        // Nobody waits for these: the network service answers when it has plugged a port.
        return 200;
    }
  }

  /** The port is gone from the network; its card goes from the guest. */
  async #deletePort(ctx: Context, { id: serverId, host, networkInfo }: Placed, portId: string): Promise<void> {
    const port = networkInfo.find((one) => one.portId === portId.toLowerCase());
    if (!port) return;
    await ifItMay(() =>
      beginWorkOn(this.#deps, ctx, serverId, {
        transition: 'detachInterface',
        action: 'detach_interface',
        workflow: detachInterfaceRef,
        inputOf: () => ({ serverId, host, portId: port.portId, macAddress: port.macAddress }),
      }),
    );
  }

  /** The power of the machine changed; the server follows. */
  async #followPower(ctx: Context, { id: serverId, host }: Placed, action: 'start' | 'stop'): Promise<void> {
    await ifItMay(() =>
      beginWorkOn(this.#deps, ctx, serverId, {
        transition: action,
        action,
        workflow: performActionRef,
        inputOf: () => ({ serverId, host, action, transition: action, input: null }),
      }),
    );
  }
}

/** An event that the server is past, or that comes amid other work, is out of date; whoever told it need not do anything. */
async function ifItMay(begin: () => Promise<unknown>): Promise<void> {
  try {
    await begin();
  } catch (error) {
    if (!ServerInWrongState.is(error) && !ServerIsLocked.is(error)) throw error;
  }
}
