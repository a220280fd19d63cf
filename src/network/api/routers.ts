import { change } from '../../db/change.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { findNetworks } from '../../db/stores/network/networks.ts';
import { deleteRouter, findRouters, insertRouter, listRouters, lockRouter, updateRouter } from '../../db/stores/network/routers.ts';
import { routerCreate, routerDelete, routerUpdate } from '../../events/routers.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { HostRoute, Router } from '../../objects/network.ts';
import { type GatewayPlan, setGateway } from '../books/gateways.ts';
import { refuseUnreachable } from '../books/interface-rules.ts';
import type { WantedAddress } from '../plan/address-choice.ts';
import { takeQuota } from '../books/quota.ts';
import { removeLeg } from '../books/router-legs.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { MarkerUnknown, NetworkNotFound } from '../errors.ts';
import { isSameRoute, MAX_ROUTES, planRoutes } from '../plan/route-plan.ts';
import { BadRouterRequest, RouterInUse, RouterNotFound, RoutesExhausted, RoutesNotFound } from '../router-errors.ts';
import { type NetworkApiDeps, ownerOf, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';
import { type Expecting, refuseOutdated } from './revision.ts';
import { checkWantedAddresses } from './wanted-addresses.ts';

/** The external network that a router is to lead to. */
export interface WantedGateway {
  readonly networkId: string;
  readonly isTranslating?: boolean;
  readonly addresses?: readonly WantedAddress[];
}

/** The attributes of a router; omitted ones keep their default or value. */
export interface RouterChanges {
  readonly name?: string;
  readonly description?: string;
  readonly adminStateUp?: boolean;
  /** Null: none. */
  readonly gateway?: WantedGateway | null;
  readonly routes?: readonly HostRoute[];
}

/** A router to create; it gets its routes later, when it has interfaces. */
export type NewRouter = Omit<RouterChanges, 'routes'> & { readonly projectId?: string; readonly tags?: readonly string[] };

/** Routers of a project. */
export class RoutersApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, query: ListQuery): Promise<readonly Router[]> {
    this.#deps.policy.check(ctx, 'get_router');
    const found = await listRouters(this.#deps.db, pageQueryOf(listFields.routers, query), sightOf(ctx));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws RouterNotFound if the caller may not see it. */
  async show(ctx: Context, id: string): Promise<Router> {
    this.#deps.policy.check(ctx, 'get_router');
    return await this.#find(ctx, id);
  }

  async create(ctx: Context, router: NewRouter): Promise<Router> {
    const { db, ids, policy, quotaLimits } = this.#deps;
    const projectId = ownerOf(ctx, router.projectId);
    policy.check(ctx, 'create_router', { project_id: projectId });
    const plan = await this.#planGateway(ctx, 'create', { projectId, gateway: router.gateway ?? null });
    const id = await change(ctx, { db, what: 'router.create' }, async (changing) => {
      const { trx, tell } = changing;
      await takeQuota(trx, quotaLimits, { projectId, resource: 'router', count: 1 });
      const newId = ids.uuid();
      await insertRouter(trx, { ...columnsOf(router), id: newId, project_id: projectId, tags: router.tags });
      const made = await lockRouter(trx, newId);
      if (made && plan) await setGateway(changing, ids, made, plan);
      for (const whole of await findRouters(trx, [newId], null)) tell(routerCreate(whole));
      return newId;
    });
    if (plan) await tellHosts(this.#deps, ctx);
    return await this.#find(ctx, id);
  }

  async update(ctx: Context, id: string, changes: RouterChanges, expecting: Expecting = {}): Promise<Router> {
    const { db, ids, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, id);
    policy.check(ctx, 'update_router', { project_id: projectId });
    const { gateway } = changes;
    const plan = gateway === undefined ? undefined : await this.#planGateway(ctx, 'update', { projectId, gateway });
    const routes = changes.routes && planRoutes(changes.routes);
    await change(ctx, { db, what: 'router.update' }, async (changing) => {
      const { trx, tell } = changing;
      const router = await lockRouter(trx, id);
      if (!router) throw RouterNotFound({ id });
      refuseOutdated(expecting, router);
      if (plan !== undefined) await setGateway(changing, ids, router, plan);
      // Read again: it may have another gateway now.
      if (routes) for (const now of await findRouters(trx, [id], null)) await refuseBadRoutes(trx, now, routes);
      const after = await updateRouter(trx, id, { ...columnsOf(changes), ...(routes && { routes: JSON.stringify(routes) }) });
      if (after) tell(routerUpdate(after));
    });
    await tellHosts(this.#deps, ctx);
    return await this.#find(ctx, id);
  }

  /** Adds routes to those that it has, in one step: concurrent requests do not undo each other. */
  addRoutes(ctx: Context, id: string, routes: readonly HostRoute[]): Promise<Router> {
    return this.#changeRoutes(ctx, { id, rule: 'add_extraroutes', routes }, (before, wanted) => [
      ...before,
      ...wanted.filter((one) => !before.some((other) => isSameRoute(one, other))),
    ]);
  }

  /** Removes routes; throws if it lacks one. */
  removeRoutes(ctx: Context, id: string, routes: readonly HostRoute[]): Promise<Router> {
    return this.#changeRoutes(ctx, { id, rule: 'remove_extraroutes', routes }, (before, unwanted) => {
      const missing = unwanted.filter((one) => !before.some((other) => isSameRoute(one, other)));
      if (missing.length > 0) throw RoutesNotFound({ id, routes: JSON.stringify(missing) });
      return before.filter((one) => !unwanted.some((other) => isSameRoute(one, other)));
    });
  }

  async #changeRoutes(
    ctx: Context,
    {
      id,
      rule,
      routes,
    }: { readonly id: string; readonly rule: 'add_extraroutes' | 'remove_extraroutes'; readonly routes: readonly HostRoute[] },
    next: (before: readonly HostRoute[], named: readonly HostRoute[]) => readonly HostRoute[],
  ): Promise<Router> {
    const { db, policy } = this.#deps;
    const { projectId } = await this.#find(ctx, id);
    policy.check(ctx, rule, { project_id: projectId });
    const named = planRoutes(routes);
    await change(ctx, { db, what: 'router.routes' }, async ({ trx, tell }) => {
      const router = await lockRouter(trx, id);
      if (!router) throw RouterNotFound({ id });
      const wanted = next(router.routes, named);
      await refuseBadRoutes(trx, router, wanted);
      const after = await updateRouter(trx, id, { routes: JSON.stringify(wanted) });
      if (after) tell(routerUpdate(after));
    });
    await tellHosts(this.#deps, ctx);
    return await this.#find(ctx, id);
  }

  /** Deletes a router without interfaces, and its gateway. */
  async delete(ctx: Context, id: string, expecting: Expecting = {}): Promise<void> {
    const prepare = async () => {
      const { projectId } = await this.#find(ctx, id);
      this.#deps.policy.check(ctx, 'delete_router', { project_id: projectId });
    };
    await change(ctx, { db: this.#deps.db, what: 'router.delete', prepare }, async (changing) => {
      const { trx, tell } = changing;
      const router = await lockRouter(trx, id);
      if (!router) throw RouterNotFound({ id });
      refuseOutdated(expecting, router);
      if (router.interfaces.length > 0) throw RouterInUse({ id });
      if (router.gateway) await removeLeg(changing, router.gateway.portId);
      await deleteRouter(trx, id);
      tell(routerDelete(router));
    });
    await tellHosts(this.#deps, ctx);
  }

  /** The gateway that the caller may have; null: none. */
  async #planGateway(
    ctx: Context,
    verb: 'create' | 'update',
    { projectId, gateway }: { readonly projectId: string; readonly gateway: WantedGateway | null },
  ): Promise<GatewayPlan | null> {
    if (!gateway) return null;
    const { db, policy } = this.#deps;
    const { networkId: id, addresses, isTranslating } = gateway;
    const target = { project_id: projectId };
    if (isTranslating !== undefined) policy.check(ctx, `${verb}_router:external_gateway_info:enable_snat`, target);
    if (addresses) policy.check(ctx, `${verb}_router:external_gateway_info:external_fixed_ips`, target);
    const [network] = isUuid(id) ? await findNetworks(db, [id], sightOf(ctx)) : [];
    if (!network) throw NetworkNotFound({ id });
    if (!network.isExternal) throw BadRouterRequest({ reason: `Network ${id} is not an external network` });
    await checkWantedAddresses(this.#deps, ctx, { network, wanted: addresses ?? [] });
    return { network, addresses };
  }

  async #find(ctx: Context, id: string): Promise<Router> {
    const [router] = isUuid(id) ? await findRouters(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!router) throw RouterNotFound({ id });
    return router;
  }
}

async function refuseBadRoutes(trx: InCloud, router: Router, routes: readonly HostRoute[]): Promise<void> {
  if (routes.length > MAX_ROUTES) throw RoutesExhausted({ id: router.id, most: MAX_ROUTES });
  await refuseUnreachable(trx, router, routes);
}

/** The given attributes, by column; a new gateway translates unless it is said not to. */
const columnsOf = ({ name, description, adminStateUp, gateway }: RouterChanges) => ({
  ...(name !== undefined && { name }),
  ...(description !== undefined && { description }),
  ...(adminStateUp !== undefined && { admin_state_up: adminStateUp }),
  ...(gateway !== undefined && { enable_snat: gateway?.isTranslating ?? true }),
});
