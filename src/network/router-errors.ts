/** The errors of routers and floating IPs, by Neutron's names. */
import { errorType } from '../lib/errors/error-type.ts';

export const RouterNotFound = errorType('RouterNotFound', 'not-found', (p: { id: string }) => `Router ${p.id} could not be found`);

/** A router is deleted without its interfaces only. */
export const RouterInUse = errorType('RouterInUse', 'conflict', (p: { id: string }) => `Router ${p.id} still has ports`);

export const RouterInterfaceNotFound = errorType(
  'RouterInterfaceNotFound',
  'not-found',
  (p: { id: string; portId: string }) => `Router ${p.id} does not have an interface with id ${p.portId}`,
);

export const RouterInterfaceNotFoundForSubnet = errorType(
  'RouterInterfaceNotFoundForSubnet',
  'not-found',
  (p: { id: string; subnetId: string }) => `Router ${p.id} has no interface on subnet ${p.subnetId}`,
);

export const RouterInterfaceInUseByFloatingIp = errorType(
  'RouterInterfaceInUseByFloatingIP',
  'conflict',
  (p: { id: string; subnetId: string }) =>
    `Router interface for subnet ${p.subnetId} on router ${p.id} cannot be deleted, as it is required by one or more floating IPs.`,
);

export const RouterInterfaceInUseByRoute = errorType(
  'RouterInterfaceInUseByRoute',
  'conflict',
  (p: { id: string; subnetId: string }) =>
    `Router interface for subnet ${p.subnetId} on router ${p.id} cannot be deleted, as it is required by one or more routes.`,
);

/** The named port is not on the named subnet. */
export const SubnetMismatchForPort = errorType(
  'SubnetMismatchForPort',
  'invalid',
  (p: { portId: string; subnetId: string }) => `Subnet on port ${p.portId} does not match the requested subnet ${p.subnetId}.`,
);

/** An interface that cannot be: the reason is a sentence. */
export const BadRouterRequest = errorType('BadRequest', 'invalid', (p: { reason: string }) => `Bad router request: ${p.reason}.`);

export const RouterGatewayInUse = errorType(
  'RouterExternalGatewayInUseByFloatingIp',
  'conflict',
  (p: { id: string; networkId: string }) =>
    `Gateway cannot be updated for router ${p.id}, since a gateway to external network ${p.networkId} is required by one or more floating IPs.`,
);

export const InvalidRoutes = errorType(
  'InvalidRoutes',
  'invalid',
  (p: { routes: string; reason: string }) => `Invalid format for routes: ${p.routes}, ${p.reason}`,
);

export const RoutesExhausted = errorType(
  'RoutesExhausted',
  'invalid',
  (p: { id: string; most: number }) => `Unable to complete operation for ${p.id}. The number of routes exceeds the maximum ${p.most}.`,
);

/** All addresses of an external network are taken. */
export const ExternalIpAddressExhausted = errorType(
  'ExternalIpAddressExhausted',
  'invalid',
  (p: { networkId: string }) => `Unable to find any IP address on external network ${p.networkId}.`,
);

/** Routers and floating IPs use the network. */
export const ExternalNetworkInUse = errorType(
  'ExternalNetworkInUse',
  'conflict',
  (p: { networkId: string }) =>
    `External network ${p.networkId} cannot be updated to be made non-external, since it has existing gateway ports.`,
);

/** What serves the network goes only with what it belongs to. */
export const ServicePortInUse = errorType(
  'ServicePortInUse',
  'conflict',
  (p: { portId: string; owner: string }) => `Port ${p.portId} cannot be deleted directly via the port API: has device owner ${p.owner}.`,
);

export const GatewayIpInUse = errorType(
  'GatewayIpInUse',
  'conflict',
  (p: { ipAddress: string; portId: string }) => `Current gateway ip ${p.ipAddress} already in use by port ${p.portId}. Unable to update.`,
);

export const FloatingIpNotFound = errorType(
  'FloatingIPNotFound',
  'not-found',
  (p: { id: string }) => `Floating IP ${p.id} could not be found`,
);

export const ExternalGatewayNotFound = errorType(
  'ExternalGatewayForFloatingIPNotFound',
  'not-found',
  (p: { networkId: string; subnetId: string; portId: string }) =>
    `External network ${p.networkId} is not reachable from subnet ${p.subnetId}. Therefore, cannot associate Port ${p.portId} with a Floating IP.`,
);

export const FloatingIpPortAlreadyAssociated = errorType(
  'FloatingIPPortAlreadyAssociated',
  'conflict',
  (p: { address: string; id: string; portId: string; fixedIp: string; networkId: string }) =>
    `Cannot associate floating IP ${p.address} (${p.id}) with port ${p.portId} using fixed IP ${p.fixedIp}, as that fixed IP already has a floating IP on external network ${p.networkId}.`,
);

export const PortForwardingNotFound = errorType(
  'PortForwardingNotFound',
  'not-found',
  (p: { id: string }) => `Port Forwarding ${p.id} could not be found.`,
);

/** A floating IP leads as a whole, or its ports do. */
export const FipInUseByPortForwarding = errorType(
  'FipInUseByPortForwarding',
  'conflict',
  (p: { id: string }) => `Floating IP ${p.id} in use by Port Forwarding resources.`,
);

export const PortHasPortForwarding = errorType(
  'PortHasPortForwarding',
  'invalid',
  (p: { portId: string }) => `Cannot associate floating IP to port ${p.portId} because it already has a Port Forwarding binding.`,
);

export const PortHasBindingFloatingIp = errorType(
  'PortHasBindingFloatingIP',
  'invalid',
  (p: { portId: string; fixedIp: string; floatingIpId: string }) =>
    `Cannot create port forwarding to port ${p.portId}, the fixed IP ${p.fixedIp} already has the floating IP ${p.floatingIpId}.`,
);

/** A port forwarding that cannot be: the reason is a sentence. */
export const BadForwarding = errorType('BadRequest', 'invalid', (p: { reason: string }) => `Bad port_forwarding request: ${p.reason}.`);

/** A floating IP that cannot be: the reason is a sentence. */
export const BadFloatingIp = errorType('BadRequest', 'invalid', (p: { reason: string }) => `Bad floatingip request: ${p.reason}.`);

/** Routes to remove that the router does not have. */
export const RoutesNotFound = errorType(
  'RouterRoutesNotFound',
  'conflict',
  (p: { id: string; routes: string }) => `Router ${p.id} does not have the routes ${p.routes}`,
);
