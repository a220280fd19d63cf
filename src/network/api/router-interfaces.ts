import { change, type Changing } from '../../db/change.ts';
import type { CloudDb } from '../../db/sql/queries.ts';
import { countThrough } from '../../db/stores/network/floating-targets.ts';
import { findNetworks, findSubnets, touchNetworks } from '../../db/stores/network/networks.ts';
import { findPort, lockPorts } from '../../db/stores/network/ports.ts';
import { findRouters, lockRouter, updateRouter } from '../../db/stores/network/routers.ts';
import { routerUpdate } from '../../events/routers.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { Router, RouterLeg, Subnet } from '../../objects/network.ts';
import { holds, refuseOverlapping } from '../books/interface-rules.ts';
import { takeQuota } from '../books/quota.ts';
import { addGatewayOfSubnet, removeLeg, takeAsInterface } from '../books/router-legs.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { PortInUse, PortNotFound, SubnetNotFound } from '../errors.ts';
import {
  BadRouterRequest,
  RouterInterfaceInUseByFloatingIp,
  RouterInterfaceInUseByRoute,
  RouterInterfaceNotFound,
  RouterInterfaceNotFoundForSubnet,
  RouterNotFound,
  SubnetMismatchForPort,
} from '../router-errors.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';

/** An interface by its port, or by the subnet whose gateway it is. */
export interface NamedInterface {
  readonly portId?: string;
  readonly subnetId?: string;
}

/** An interface that came or went. */
export interface ChangedInterface {
  readonly router: Router;
  readonly leg: RouterLeg;
}

/** The interfaces with which routers are on the networks of guests. */
export class RouterInterfacesApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  /** Makes the router the gateway of a subnet, or gives it a port of the caller's. */
  async add(ctx: Context, id: string, named: NamedInterface): Promise<ChangedInterface> {
    const { db } = this.#deps;
    const { subnetId, portId } = named;
    const { projectId } = await this.#mayChange(ctx, id, 'add_router_interface');
    if (subnetId !== undefined && portId !== undefined) throw BadRouterRequest({ reason: 'Cannot specify both subnet-id and port-id' });
    if (subnetId === undefined && portId === undefined) throw BadRouterRequest({ reason: 'Either subnet_id or port_id must be specified' });
    const subnet = subnetId === undefined ? undefined : await this.#gatewayOf(ctx, subnetId);
    const made = await change(ctx, { db, what: 'router.addInterface' }, async (changing) => {
      if (subnet) return await this.#addSubnet(changing, { id, projectId, subnet });
      return await this.#addPort(changing, ctx, { id, portId: portId ?? '' });
    });
    await tellHosts(this.#deps, ctx);
    const [router] = await findRouters(db, [id], null);
    const leg = router?.interfaces.find((one) => one.portId === made);
    if (!router || !leg) throw RouterInterfaceNotFound({ id, portId: made });
    return { router, leg };
  }

  async #addSubnet(
    changing: Changing<CloudDb>,
    { id, projectId, subnet }: { readonly id: string; readonly projectId: string; readonly subnet: GatewaySubnet },
  ): Promise<string> {
    const { trx } = changing;
    const { ids, quotaLimits } = this.#deps;
    await takeQuota(trx, quotaLimits, { projectId, resource: 'port', count: 1 });
    const router = await lockedRouter(changing, id);
    await refuseOverlapping(trx, router, subnet);
    const portId = await addGatewayOfSubnet(changing, ids, { router, subnet });
    await touchNetworks(trx, [subnet.networkId]);
    await tellRouter(changing, id);
    return portId;
  }

  async #addPort(changing: Changing<CloudDb>, ctx: Context, { id, portId }: { id: string; portId: string }): Promise<string> {
    const { trx } = changing;
    const router = await lockedRouter(changing, id);
    const seen = isUuid(portId) ? await findPort(trx, portId, sightOf(ctx)) : undefined;
    const mayUse = seen && (ctx.isAdmin || seen.projectId === ctx.projectId);
    const [port] = mayUse ? await lockPorts(trx, [portId]) : [];
    if (!port) throw PortNotFound({ id: portId });
    if (port.routerId === id) throw BadRouterRequest({ reason: `Router already has the port ${portId}` });
    if (port.deviceId !== '') throw PortInUse({ id: port.id, deviceId: port.deviceId });
    if (port.fixedIps.length === 0) throw BadRouterRequest({ reason: 'Router port must have at least one fixed IP' });
    const subnets = await findSubnets(
      trx,
      port.fixedIps.map(({ subnetId }) => subnetId),
      null,
    );
    if (subnets.filter(({ ipVersion }) => ipVersion === 4).length > 1)
      throw BadRouterRequest({ reason: 'Cannot have multiple IPv4 subnets on router port' });
    for (const subnet of subnets) await refuseOverlapping(trx, router, subnet);
    await takeAsInterface(changing, router, port);
    await touchNetworks(trx, [port.networkId]);
    await tellRouter(changing, id);
    return port.id;
  }

  /** Takes an interface away, unless floating IPs or routes need it. */
  async remove(ctx: Context, id: string, { portId, subnetId }: NamedInterface): Promise<ChangedInterface> {
    const { db } = this.#deps;
    await this.#mayChange(ctx, id, 'remove_router_interface');
    if (portId === undefined && subnetId === undefined) throw BadRouterRequest({ reason: 'Either subnet_id or port_id must be specified' });
    const gone = await change(ctx, { db, what: 'router.removeInterface' }, async (changing) => {
      const router = await lockedRouter(changing, id);
      const leg = router.interfaces.find((one) =>
        portId === undefined ? one.fixedIps.some((ip) => ip.subnetId === subnetId?.toLowerCase()) : one.portId === portId.toLowerCase(),
      );
      if (!leg)
        throw portId === undefined
          ? RouterInterfaceNotFoundForSubnet({ id, subnetId: subnetId ?? '' })
          : RouterInterfaceNotFound({ id, portId });
      const isElsewhere = subnetId !== undefined && !leg.fixedIps.some((ip) => ip.subnetId === subnetId.toLowerCase());
      if (isElsewhere) throw SubnetMismatchForPort({ portId: leg.portId, subnetId });
      await refuseNeeded(changing, router, leg);
      await removeLeg(changing, leg.portId);
      await touchNetworks(changing.trx, [leg.networkId]);
      await tellRouter(changing, id);
      return leg;
    });
    await tellHosts(this.#deps, ctx);
    const [router] = await findRouters(db, [id], null);
    if (!router) throw RouterNotFound({ id });
    return { router, leg: gone };
  }

  async #mayChange(ctx: Context, id: string, rule: 'add_router_interface' | 'remove_router_interface'): Promise<Router> {
    const [router] = isUuid(id) ? await findRouters(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!router) throw RouterNotFound({ id });
    this.#deps.policy.check(ctx, rule, { project_id: router.projectId });
    return router;
  }

  /** A subnet whose gateway the caller may make of a router: whoever has the gateway sees all that leaves the network. */
  async #gatewayOf(ctx: Context, id: string): Promise<GatewaySubnet> {
    const { db, policy } = this.#deps;
    const [subnet] = isUuid(id) ? await findSubnets(db, [id], sightOf(ctx)) : [];
    if (!subnet) throw SubnetNotFound({ id });
    const [network] = await findNetworks(db, [subnet.networkId], null);
    policy.check(ctx, 'create_port:fixed_ips', { project_id: ctx.projectId, network_project_id: network?.projectId ?? '' });
    const { gatewayIp } = subnet;
    if (gatewayIp === null) throw BadRouterRequest({ reason: 'Subnet for router interface must have a gateway IP' });
    return { ...subnet, gatewayIp };
  }
}

type GatewaySubnet = Subnet & { readonly gatewayIp: string };

async function lockedRouter({ trx }: Changing<CloudDb>, id: string): Promise<Router> {
  const router = await lockRouter(trx, id);
  if (!router) throw RouterNotFound({ id });
  return router;
}

async function tellRouter({ trx, tell }: Changing<CloudDb>, id: string): Promise<void> {
  const after = await updateRouter(trx, id, {});
  if (after) tell(routerUpdate(after));
}

async function refuseNeeded({ trx }: Changing<CloudDb>, { id, routes }: Router, { fixedIps }: RouterLeg): Promise<void> {
  const subnets = await findSubnets(
    trx,
    fixedIps.map(({ subnetId }) => subnetId),
    null,
  );
  for (const { id: subnetId, cidr } of subnets) {
    if ((await countThrough(trx, id, [subnetId])) > 0) throw RouterInterfaceInUseByFloatingIp({ id, subnetId });
    if (routes.some(({ nexthop }) => holds(cidr, nexthop))) throw RouterInterfaceInUseByRoute({ id, subnetId });
  }
}
