/** Leads floating IPs to ports: decides by which router, and which address of the port. */
import type { Changing } from '../../db/change.ts';
import type { CloudDb, InCloud } from '../../db/sql/queries.ts';
import { findFloatingIps, lockFloatingIp } from '../../db/stores/network/floating-ips.ts';
import { type Abandoned, leadNowhere, leadTo } from '../../db/stores/network/floating-targets.ts';
import { haveForwardings } from '../../db/stores/network/port-forwardings.ts';
import { findPort, lockPorts, portsWithIds } from '../../db/stores/network/ports.ts';
import { lockRouter, routersBetween } from '../../db/stores/network/routers.ts';
import { changePortsOf } from '../../db/stores/network/server-networking.ts';
import { floatingIpUpdate } from '../../events/routers.ts';
import { isUuid, type ServerId } from '../../objects/ids.ts';
import type { FixedIp, FloatingIp, Port } from '../../objects/network.ts';
import { PortNotFound } from '../errors.ts';
import { canonicalAddress } from '../plan/ip-range.ts';
import {
  BadFloatingIp,
  ExternalGatewayNotFound,
  FipInUseByPortForwarding,
  FloatingIpNotFound,
  FloatingIpPortAlreadyAssociated,
  PortHasPortForwarding,
} from '../router-errors.ts';

/** The port that a floating IP is to lead to, and which address of it. */
export interface WantedTarget {
  readonly portId: string;
  /** Left out: its only one. */
  readonly fixedIp?: string;
}

/** How a floating IP is led. */
export interface Leading {
  readonly id: string;
  /** Null: nowhere. */
  readonly target: WantedTarget | null;
  /** The project whose ports the caller sees; null: those of all projects. */
  readonly sight: string | null;
  /** Throws if the caller would not want the change, now that the floating IP is locked. */
  readonly check: (floatingIp: FloatingIp) => void;
}

/** Leads a floating IP to a port, or nowhere. @returns the servers whose addresses changed: compute must be told */
export async function lead({ trx }: Changing<CloudDb>, { id, target, sight, check }: Leading): Promise<ServerId[]> {
  const [before] = await findFloatingIps(trx, [id], null);
  if (!before) throw FloatingIpNotFound({ id });
  const wanted = target && (await wantedPort(trx, before, { target, sight }));
  const old = before.target ? await portsWithIds(trx, [before.target.portId]) : [];
  // Servers first, as in the allocation of their ports, and always in the same order.
  const servers = [...new Set([...old, ...(wanted ? [wanted] : [])].flatMap(({ serverId }) => serverId ?? []))].sort();
  for (const serverId of servers) await changePortsOf(trx, { serverId, isTold: false });
  const found = wanted && (await routeTo(trx, before, { port: wanted, fixedIp: target?.fixedIp }));
  const floatingIp = await lockFloatingIp(trx, id);
  if (!floatingIp) throw FloatingIpNotFound({ id });
  check(floatingIp);
  // Now that the floating IP and the port are locked: forwardings lock both, too.
  if (target && floatingIp.forwardings.length > 0) throw FipInUseByPortForwarding({ id });
  if (wanted && (await haveForwardings(trx, [wanted.id]))) throw PortHasPortForwarding({ portId: wanted.id });
  await leadNowhere(trx, { floatingIpId: id });
  if (found) await leadThere(trx, floatingIp, found);
  return servers;
}

/** Leads nowhere what led to ports that go, or that lose addresses; tells each. */
export async function abandon({ trx, tell }: Changing<CloudDb>, abandoned: Abandoned): Promise<void> {
  for (const floatingIp of await leadNowhere(trx, abandoned)) tell(floatingIpUpdate(floatingIp));
}

/** The way to what a port of the floating IP is to lead to. Router and port stay until the transaction ends. */
export async function findWay(
  trx: InCloud,
  floatingIp: FloatingIp,
  wanted: { readonly target: WantedTarget; readonly sight: string | null },
): Promise<Found> {
  const port = await wantedPort(trx, floatingIp, wanted);
  return await routeTo(trx, floatingIp, { port, fixedIp: wanted.target.fixedIp });
}

async function wantedPort(
  trx: InCloud,
  { projectId }: FloatingIp,
  { target: { portId }, sight }: { readonly target: WantedTarget; readonly sight: string | null },
): Promise<Port> {
  const port = isUuid(portId) ? await findPort(trx, portId, sight) : undefined;
  if (!port) throw PortNotFound({ id: portId });
  if (sight !== null && port.projectId !== projectId) {
    throw BadFloatingIp({ reason: `Port ${portId} is associated with a different tenant than Floating IP and therefore cannot be bound` });
  }
  if (port.deviceOwner.startsWith('network:'))
    throw BadFloatingIp({ reason: `Port ${portId} serves the network and cannot have a floating IP` });
  return port;
}

/** The way from a floating IP's network to a port. */
interface Found {
  readonly port: Port;
  readonly address: FixedIp;
  readonly routerId: string;
}

/** The router that leads from the external network to the port's address. Both stay until the transaction ends. */
async function routeTo(
  trx: InCloud,
  { networkId }: FloatingIp,
  { port: { id: portId }, fixedIp }: { readonly port: Port; readonly fixedIp: string | undefined },
): Promise<Found> {
  const [named] = await portsWithIds(trx, [portId]);
  if (!named) throw PortNotFound({ id: portId });
  const { subnetId } = addressOf(named, fixedIp);
  const [routerId] = await routersBetween(trx, subnetId, networkId);
  if (routerId === undefined) throw ExternalGatewayNotFound({ networkId, subnetId, portId });
  await lockRouter(trx, routerId);
  const [port] = await lockPorts(trx, [portId]);
  if (!port) throw PortNotFound({ id: portId });
  // Both may have changed before they were locked.
  if (!(await routersBetween(trx, subnetId, networkId)).includes(routerId)) throw ExternalGatewayNotFound({ networkId, subnetId, portId });
  return { port, address: addressOf(port, fixedIp), routerId };
}

/** The address that is meant: the only one of version 4, unless one is named. */
function addressOf({ id, fixedIps }: Port, fixedIp: string | undefined): FixedIp {
  const candidates = fixedIps.filter(({ ipAddress }) => !ipAddress.includes(':'));
  if (fixedIp !== undefined) {
    const named = candidates.find(({ ipAddress }) => ipAddress === canonicalAddress(fixedIp));
    if (!named) throw BadFloatingIp({ reason: `Port ${id} does not have fixed ip ${fixedIp}` });
    return named;
  }
  const [only, other] = candidates;
  if (!only) throw BadFloatingIp({ reason: `Cannot add floating IP to port ${id} that has no fixed IPv4 addresses` });
  if (other)
    throw BadFloatingIp({
      reason: `Port ${id} has multiple fixed IPv4 addresses. Must provide a specific IPv4 address when assigning a floating IP`,
    });
  return only;
}

async function leadThere(
  trx: InCloud,
  { id, networkId, address: floating }: FloatingIp,
  { port, address, routerId }: Found,
): Promise<void> {
  const { subnetId, ipAddress: fixedIp } = address;
  const row = { floating_ip_id: id, network_id: networkId, port_id: port.id, subnet_id: subnetId, fixed_ip: fixedIp, router_id: routerId };
  if (!(await leadTo(trx, row))) throw FloatingIpPortAlreadyAssociated({ address: floating, id, portId: port.id, fixedIp, networkId });
}
