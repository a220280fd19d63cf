import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import type { ShownFloatingIp } from '../../../network/api/floating-ips.ts';
import type { Subnet } from '../../../objects/network.ts';
import { keptFields, tagFields } from './fields.ts';

const textOrNull = nullable(t.String());
const portDetails = t.Object({
  name: t.String(),
  network_id: t.String(),
  mac_address: t.String(),
  admin_state_up: t.Boolean(),
  status: t.String(),
  device_id: t.String(),
  device_owner: t.String(),
});

const forwarded = t.Object({
  id: t.String(),
  protocol: t.String(),
  internal_port_id: t.String(),
  internal_ip_address: t.String(),
  internal_port: t.Integer(),
  external_port: t.Integer(),
});

/** A floating IP as clients see it, with the port that it leads to. */
export const floatingIpView = resource<ShownFloatingIp>()('floating IP', {
  ...keptFields,
  floating_network_id: field(t.String(), (ip) => ip.networkId),
  floating_ip_address: field(t.String(), (ip) => ip.address),
  fixed_ip_address: field(textOrNull, (ip) => ip.target?.fixedIp ?? null),
  port_id: field(textOrNull, (ip) => ip.target?.portId ?? null),
  router_id: field(textOrNull, (ip) => ip.target?.routerId ?? ip.forwardings[0]?.routerId ?? null),
  port_forwardings: field(t.Array(forwarded), (ip) =>
    ip.forwardings.map((one) => ({
      id: one.id,
      protocol: one.protocol,
      internal_port_id: one.portId,
      internal_ip_address: one.fixedIp,
      internal_port: one.internalPort,
      external_port: one.externalPort,
    })),
  ),
  status: field(t.String(), (ip) => ip.status),
  port_details: field(nullable(portDetails), ({ port }) =>
    port === undefined
      ? null
      : {
          name: port.name,
          network_id: port.networkId,
          mac_address: port.macAddress,
          admin_state_up: port.adminStateUp,
          status: port.status,
          device_id: port.deviceId,
          device_owner: port.deviceOwner,
        },
  ),
  ...tagFields,
});

/** A subnet that floating IPs come from. */
export const poolView = resource<Subnet>()('pool of floating IPs', {
  subnet_id: field(t.String(), (subnet) => subnet.id),
  subnet_name: field(t.String(), (subnet) => subnet.name),
  network_id: field(t.String(), (subnet) => subnet.networkId),
  tenant_id: field(t.String(), (subnet) => subnet.projectId),
  project_id: field(t.String(), (subnet) => subnet.projectId),
  cidr: field(t.String(), (subnet) => subnet.cidr),
});
