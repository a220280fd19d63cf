/** What a port forwarding must be, for packets to find their way, and both ways to be the same. */
import type { InCloud } from '../../db/sql/queries.ts';
import { floatingIpsOfPorts } from '../../db/stores/network/floating-targets.ts';
import type { FixedIp, FloatingIp, Port, PortForwarding } from '../../objects/network.ts';
import { BadForwarding, FloatingIpPortAlreadyAssociated, PortHasBindingFloatingIp } from '../router-errors.ts';

/** A forwarding to create. */
export interface NewForwarding extends Pick<PortForwarding, 'protocol' | 'externalPort' | 'internalPort'> {
  readonly portId: string;
  /** Left out: the port's only address of version 4. */
  readonly fixedIp?: string;
  readonly description?: string;
}

interface Planned extends NewForwarding {
  /** Of a forwarding that is changed. */
  readonly id?: string | undefined;
  readonly port: Port;
  readonly address: FixedIp;
  readonly routerId: string;
}

/** Throws unless the floating IP, which is locked, can forward so. */
export async function refuseForwarding(
  trx: InCloud,
  { id, address: floating, networkId, target, forwardings }: FloatingIp,
  planned: Planned,
): Promise<void> {
  const { port, address, routerId } = planned;
  const { ipAddress: fixedIp } = address;
  if (target) throw FloatingIpPortAlreadyAssociated({ address: floating, id, portId: target.portId, fixedIp: target.fixedIp, networkId });
  const [bound] = (await floatingIpsOfPorts(trx, [port.id])).filter((one) => one.fixedIp === fixedIp);
  if (bound) throw PortHasBindingFloatingIp({ portId: port.id, fixedIp, floatingIpId: bound.id });
  const others = forwardings.filter((one) => one.id !== planned.id);
  if (others.some((one) => one.routerId !== routerId))
    throw BadForwarding({ reason: `The port ${port.id} is behind another router than the other port forwardings of floating IP ${id}` });
  const twin = others.find(
    (one) =>
      one.protocol === planned.protocol && one.portId === port.id && one.fixedIp === fixedIp && one.internalPort === planned.internalPort,
  );
  if (twin)
    throw BadForwarding({
      reason: `A duplicate port forwarding entry with same attributes already exists: ${planned.protocol} port ${planned.internalPort} of port ${port.id}`,
    });
}
