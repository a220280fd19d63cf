import { type Static, Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../lib/versioning/resource.ts';
import { nullable } from '../../../lib/versioning/schema.ts';
import type { Router } from '../../../objects/network.ts';
import { keptFields, tagFields } from './fields.ts';

const shownIp = t.Object({ subnet_id: t.String(), ip_address: t.String() });
const shownGateway = t.Object({ network_id: t.String(), enable_snat: t.Boolean(), external_fixed_ips: t.Array(shownIp) });
/** A route in bodies and answers. */
export const hostRoute = t.Object({ destination: t.String(), nexthop: t.String() }, { additionalProperties: false });

const gatewayOf = ({ gateway, isTranslating }: Router): Static<typeof shownGateway> | null =>
  gateway && {
    network_id: gateway.networkId,
    enable_snat: isTranslating,
    external_fixed_ips: gateway.fixedIps.map(({ subnetId, ipAddress }) => ({ subnet_id: subnetId, ip_address: ipAddress })),
  };

/** A router as clients see it. */
export const routerView = resource<Router>()('router', {
  ...keptFields,
  name: field(t.String(), (router) => router.name),
  admin_state_up: field(t.Boolean(), (router) => router.adminStateUp),
  status: field(t.String(), () => 'ACTIVE'),
  external_gateway_info: field(nullable(shownGateway), gatewayOf),
  routes: field(t.Array(hostRoute), (router) => router.routes.map((one) => ({ ...one }))),
  ...tagFields,
});
