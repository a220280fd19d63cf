import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import type { Port } from '../../../objects/network.ts';
import { keptFields, tagFields } from './fields.ts';

const HOST = { policy: 'get_port:binding:host_id' };
const nothing = t.Object({}, { additionalProperties: false });

/** A port as Neutron v2.0 shows it; only admins see its binding. */
export const portView = resource<Port>()('port', {
  ...keptFields,
  name: field(t.String(), (port) => port.name),
  network_id: field(t.String(), (port) => port.networkId),
  mac_address: field(t.String(), (port) => port.macAddress),
  admin_state_up: field(t.Boolean(), (port) => port.adminStateUp),
  status: field(t.String(), (port) => port.status),
  device_id: field(t.String(), (port) => port.deviceId),
  device_owner: field(t.String(), (port) => port.deviceOwner),
  fixed_ips: field(t.Array(t.Object({ subnet_id: t.String(), ip_address: t.String() })), (port) =>
    port.fixedIps.map(({ subnetId, ipAddress }) => ({ subnet_id: subnetId, ip_address: ipAddress })),
  ),
  security_groups: field(t.Array(t.String()), (port) => [...port.securityGroupIds]),
  port_security_enabled: field(t.Boolean(), (port) => port.portSecurityEnabled),
  allowed_address_pairs: field(t.Array(t.Object({ ip_address: t.String(), mac_address: t.String() })), (port) =>
    port.allowedAddressPairs.map(({ ipAddress, macAddress = port.macAddress }) => ({ ip_address: ipAddress, mac_address: macAddress })),
  ),
  qos_policy_id: field(nullable(t.String()), (port) => port.qosPolicyId),
  extra_dhcp_opts: field(t.Array(t.Object({ opt_name: t.String(), opt_value: t.String(), ip_version: t.Integer() })), (port) =>
    port.extraDhcpOptions.map(({ name, value, ipVersion }) => ({ opt_name: name, opt_value: value, ip_version: ipVersion })),
  ),
  'binding:vnic_type': field(t.String(), () => 'normal'),
  'binding:host_id': field(t.String(), (port) => port.host ?? port.wantedHost ?? '', HOST),
  'binding:vif_type': field(t.String(), (port) => (port.host === null ? 'unbound' : 'bridge'), HOST),
  'binding:vif_details': field(nothing, () => ({}), HOST),
  'binding:profile': field(t.Record(t.String(), t.Unknown()), (port) => ({ ...port.bindingProfile }), HOST),
  ...tagFields,
});
