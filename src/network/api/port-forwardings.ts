import { change } from '../../db/change.ts';
import type { InCloud } from '../../db/sql/queries.ts';
import { findFloatingIps, lockFloatingIp, updateFloatingIp } from '../../db/stores/network/floating-ips.ts';
import {
  deleteForwarding,
  findForwarding,
  insertForwarding,
  listForwardings,
  updateForwarding,
} from '../../db/stores/network/port-forwardings.ts';
import { floatingIpUpdate } from '../../events/routers.ts';
import type { Context } from '../../lib/context/context.ts';
import { isUuid } from '../../objects/ids.ts';
import type { FloatingIp, PortForwarding } from '../../objects/network.ts';
import { findWay } from '../books/floating-targets.ts';
import { type NewForwarding, refuseForwarding } from '../books/forwarding-rules.ts';
import { tellHosts } from '../books/tell-hosts.ts';
import { MarkerUnknown } from '../errors.ts';
import { BadForwarding, FloatingIpNotFound, PortForwardingNotFound } from '../router-errors.ts';
import { type NetworkApiDeps, sightOf } from './deps.ts';
import { listFields } from './list-fields.ts';
import { type ListQuery, pageQueryOf } from './listing.ts';

export type { NewForwarding } from '../books/forwarding-rules.ts';

/** A forwarding by the floating IP that it belongs to. */
export type NamedForwarding = Pick<PortForwarding, 'floatingIpId' | 'id'>;

type Rule = `${'create' | 'get' | 'update' | 'delete'}_floatingip_port_forwarding`;

/** Single ports of floating IPs, each led to a port of a guest. */
export class PortForwardingsApi {
  readonly #deps: NetworkApiDeps;

  constructor(deps: NetworkApiDeps) {
    this.#deps = deps;
  }

  async list(ctx: Context, floatingIpId: string, query: ListQuery): Promise<readonly PortForwarding[]> {
    await this.#mayUse(ctx, floatingIpId, 'get_floatingip_port_forwarding');
    const found = await listForwardings(this.#deps.db, floatingIpId, pageQueryOf(listFields.portForwardings, query));
    if (!found) throw MarkerUnknown({ marker: query.marker ?? '' });
    return found;
  }

  /** Throws PortForwardingNotFound if the floating IP has none of that id. */
  async show(ctx: Context, named: NamedForwarding): Promise<PortForwarding> {
    await this.#mayUse(ctx, named.floatingIpId, 'get_floatingip_port_forwarding');
    return await this.#find(named);
  }

  async create(ctx: Context, floatingIpId: string, wanted: NewForwarding): Promise<PortForwarding> {
    const { db, ids } = this.#deps;
    await this.#mayUse(ctx, floatingIpId, 'create_floatingip_port_forwarding');
    const id = await change(ctx, { db, what: 'portForwarding.create' }, async ({ trx, tell }) => {
      const columns = await this.#plan(trx, ctx, { floatingIpId, wanted });
      const made = ids.uuid();
      if (!(await insertForwarding(trx, { ...columns, id: made, floating_ip_id: floatingIpId }))) refuseTwice(wanted);
      tell(floatingIpUpdate(await touched(trx, floatingIpId)));
      return made;
    });
    await tellHosts(this.#deps, ctx);
    return await this.#find({ floatingIpId, id });
  }

  async update(ctx: Context, named: NamedForwarding, changes: Partial<NewForwarding>): Promise<PortForwarding> {
    const { floatingIpId, id } = named;
    await this.#mayUse(ctx, floatingIpId, 'update_floatingip_port_forwarding');
    await change(ctx, { db: this.#deps.db, what: 'portForwarding.update' }, async ({ trx, tell }) => {
      const before = await this.#find(named, trx);
      const { fixedIp, ...kept } = before;
      // Another port has other addresses.
      const isMoved = changes.portId !== undefined && changes.portId !== before.portId;
      const wanted = { ...kept, ...(!isMoved && { fixedIp }), ...changes };
      const columns = await this.#plan(trx, ctx, { floatingIpId, wanted, id });
      if (!(await updateForwarding(trx, id, columns))) refuseTwice(wanted);
      tell(floatingIpUpdate(await touched(trx, floatingIpId)));
    });
    await tellHosts(this.#deps, ctx);
    return await this.#find(named);
  }

  async delete(ctx: Context, named: NamedForwarding): Promise<void> {
    const { floatingIpId, id } = named;
    const prepare = async () => {
      await this.#mayUse(ctx, floatingIpId, 'delete_floatingip_port_forwarding');
      await this.#find(named);
    };
    await change(ctx, { db: this.#deps.db, what: 'portForwarding.delete', prepare }, async ({ trx, tell }) => {
      await lockFloatingIp(trx, floatingIpId);
      await deleteForwarding(trx, id);
      tell(floatingIpUpdate(await touched(trx, floatingIpId)));
    });
    await tellHosts(this.#deps, ctx);
  }

  /** The columns of a forwarding that can be; the floating IP is locked until the transaction ends. */
  async #plan(
    trx: InCloud,
    ctx: Context,
    { floatingIpId, wanted, id }: { readonly floatingIpId: string; readonly wanted: NewForwarding; readonly id?: string },
  ) {
    const [seen] = await findFloatingIps(trx, [floatingIpId], null);
    if (!seen) throw FloatingIpNotFound({ id: floatingIpId });
    const { portId, fixedIp } = wanted;
    const target = { portId, ...(fixedIp !== undefined && { fixedIp }) };
    const { port, address, routerId } = await findWay(trx, seen, { target, sight: sightOf(ctx) });
    const floatingIp = await lockFloatingIp(trx, floatingIpId);
    if (!floatingIp) throw FloatingIpNotFound({ id: floatingIpId });
    await refuseForwarding(trx, floatingIp, { ...wanted, id, port, address, routerId });
    return {
      protocol: wanted.protocol,
      external_port: wanted.externalPort,
      internal_port: wanted.internalPort,
      description: wanted.description ?? '',
      port_id: port.id,
      subnet_id: address.subnetId,
      fixed_ip: address.ipAddress,
      router_id: routerId,
    };
  }

  async #mayUse(ctx: Context, id: string, rule: Rule): Promise<FloatingIp> {
    const [floatingIp] = isUuid(id) ? await findFloatingIps(this.#deps.db, [id], sightOf(ctx)) : [];
    if (!floatingIp) throw FloatingIpNotFound({ id });
    this.#deps.policy.check(ctx, rule, { project_id: floatingIp.projectId });
    return floatingIp;
  }

  async #find({ floatingIpId, id }: NamedForwarding, trx: NetworkApiDeps['db'] | InCloud = this.#deps.db): Promise<PortForwarding> {
    const found = isUuid(id) ? await findForwarding(trx, { floatingIpId, id }) : undefined;
    if (!found) throw PortForwardingNotFound({ id });
    return found;
  }
}

async function touched(trx: InCloud, id: string): Promise<FloatingIp> {
  const after = await updateFloatingIp(trx, id, {});
  if (!after) throw FloatingIpNotFound({ id });
  return after;
}

function refuseTwice({ protocol, externalPort }: NewForwarding): never {
  throw BadForwarding({
    reason: `A duplicate port forwarding entry with same attributes already exists: ${protocol} port ${externalPort}`,
  });
}
