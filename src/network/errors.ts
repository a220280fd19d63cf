/** The errors of networking. Those that clients see have Neutron's names. */
import { errorType, type NovaError } from '../lib/errors/error-type.ts';
import { InvalidInput } from '../lib/versioning/validation.ts';

export const NetworkNotFound = errorType('NetworkNotFound', 'not-found', (p: { id: string }) => `Network ${p.id} could not be found.`);
/** An admin wants a number for a network that another one has. */
export const TunnelIdInUse = errorType(
  'TunnelIdInUse',
  'conflict',
  (p: { vni: number }) => `Unable to create the network. The tunnel ID ${p.vni} is in use.`,
);
export const SubnetNotFound = errorType('SubnetNotFound', 'not-found', (p: { id: string }) => `Subnet ${p.id} could not be found.`);
export const PortNotFound = errorType('PortNotFound', 'not-found', (p: { id: string }) => `Port ${p.id} could not be found.`);
export const SecurityGroupNotFound = errorType(
  'SecurityGroupNotFound',
  'not-found',
  (p: { id: string }) => `Security group ${p.id} does not exist.`,
);
export const SecurityGroupRuleNotFound = errorType(
  'SecurityGroupRuleNotFound',
  'not-found',
  (p: { id: string }) => `Security group rule ${p.id} does not exist.`,
);

/** A rule that default groups of new projects get; the texts are Nova's, who had these rules first. */
export const DefaultRuleNotFound = errorType(
  'SecurityGroupDefaultRuleNotFound',
  'not-found',
  (p: { id: number }) => `Security group default rule (${p.id}) not found.`,
);
export const DefaultRuleExists = errorType('DefaultRuleExists', 'conflict', (_: object) => 'This default rule already exists.');
export const TooManyDefaultRules = errorType('TooManyDefaultRules', 'over-limit', (_: object) => 'There are too many default rules.');

/** A request to boot names a network that the project cannot reach. */
export const UnknownNetwork = errorType('UnknownNetwork', 'invalid', (p: { id: string }) => `Network ${p.id} could not be found.`);

/** A request to boot names a port that the project does not have. */
export const UnknownPort = errorType('UnknownPort', 'invalid', (p: { id: string }) => `Port id ${p.id} could not be found.`);

/** A request to boot names a security group that the project does not have. */
export const UnknownSecurityGroup = errorType(
  'UnknownSecurityGroup',
  'invalid',
  (p: { name: string; projectId: string }) => `Security group ${p.name} not found for project ${p.projectId}.`,
);

/** An action on a server names a security group that the project does not have. */
export const GroupNotFoundForProject = errorType(
  'SecurityGroupNotFoundForProject',
  'not-found',
  (p: { name: string; projectId: string }) => `Security group ${p.name} is not found for project ${p.projectId}`,
);

export const ServerHasNoPorts = errorType(
  'ServerHasNoPorts',
  'not-found',
  (p: { serverId: string }) => `instance_id ${p.serverId} could not be found as device id on any ports`,
);

export const GroupNotOfServer = errorType(
  'SecurityGroupNotExistsForInstance',
  'not-found',
  (p: { name: string; serverId: string }) => `Security group ${p.name} not associated with the instance ${p.serverId}`,
);

/** An action on a server names a network on which it has no port. */
export const NetworkNotOfServer = errorType(
  'NetworkNotFoundForInstance',
  'not-found',
  (p: { serverId: string }) => `Network could not be found for instance ${p.serverId}.`,
);

export const FixedIpNotOfServer = errorType(
  'FixedIpNotFoundForInstance',
  'invalid',
  (p: { serverId: string; address: string }) => `Instance ${p.serverId} doesn't have fixed IP '${p.address}'.`,
);

/** An action on a server needs another address of a network, and all are taken. */
export const NoMoreFixedIps = errorType(
  'NoMoreFixedIps',
  'invalid',
  (p: { networkId: string }) => `No fixed IP addresses available for network: ${p.networkId}`,
);

/** A port without an address or without port security cannot have security groups. */
export const SecurityGroupCannotBeApplied = errorType(
  'SecurityGroupCannotBeApplied',
  'invalid',
  () => 'Network requires port_security_enabled and subnet associated in order to apply security groups.',
);

/** The request names no network and several would do; a conflict, as in Nova. */
export const NetworkAmbiguous = errorType(
  'NetworkAmbiguous',
  'conflict',
  (p: { networks: readonly string[] }) =>
    `Multiple possible networks found (${p.networks.join(', ')}), use a Network ID to be more specific.`,
);

/** Two of the project's groups have the name. */
export const SecurityGroupAmbiguous = errorType(
  'SecurityGroupAmbiguous',
  'conflict',
  (p: { name: string }) => `Multiple security groups found matching '${p.name}'. Use an ID to be more specific.`,
);

export const NetworkRequiresSubnet = errorType(
  'NetworkRequiresSubnet',
  'invalid',
  (p: { id: string }) => `Network ${p.id} requires a subnet in order to boot servers on.`,
);

export const ExternalNetworkForbidden = errorType(
  'ExternalNetworkForbidden',
  'forbidden',
  (p: { id: string }) => `It is not allowed to create an interface on external network ${p.id}`,
);

/** One port or one address cannot serve several servers. */
export const NotForSeveralServers = errorType(
  'NotForSeveralServers',
  'invalid',
  (p: { what: string; count: number }) => `${p.what} cannot be used by ${p.count} servers at once.`,
);

/** A request to boot names one port twice. */
export const PortRequestedTwice = errorType('PortRequestedTwice', 'invalid', (p: { id: string }) => `Port ${p.id} is requested twice.`);

/** A request to boot names a port and an address for it. */
export const FixedIpWithPort = errorType(
  'FixedIpWithPort',
  'invalid',
  (p: { address: string; port: string }) =>
    `Specified Fixed IP '${p.address}' cannot be used with port '${p.port}': the two cannot be specified together.`,
);

/** A request to boot names one address twice. */
export const FixedIpRequestedTwice = errorType(
  'FixedIpRequestedTwice',
  'invalid',
  (p: { address: string }) => `Fixed IP address ${p.address} is requested twice.`,
);

/** A request to boot names an address that is taken. */
export const FixedIpAlreadyInUse = errorType(
  'FixedIpAlreadyInUse',
  'invalid',
  (p: { address: string; holder: string }) => `Fixed IP address ${p.address} is already in use on ${p.holder}.`,
);

export const PortInUse = errorType(
  'PortInUse',
  'conflict',
  (p: { id: string; deviceId: string }) => `Port ${p.id} is in use by device ${p.deviceId}.`,
);

/** A request to change a server's ports came after newer work had changed them; it would undo that work. */
export const PortsUnwanted = errorType(
  'PortsUnwanted',
  'conflict',
  (p: { serverId: string }) => `The ports of server ${p.serverId} belong to a newer operation.`,
);

/** The MAC address of a server's port is what its guest has. */
export const PortBound = errorType(
  'PortBound',
  'conflict',
  (p: { id: string; oldMac: string; newMac: string }) =>
    `Unable to complete operation on port ${p.id}, port is already bound, port type: bridge, old_mac ${p.oldMac}, new_mac ${p.newMac}.`,
);

export const NetworkInUse = errorType(
  'NetworkInUse',
  'conflict',
  (p: { id: string }) => `Unable to complete operation on network ${p.id}. There are one or more ports still in use on the network.`,
);

export const SubnetInUse = errorType(
  'SubnetInUse',
  'conflict',
  (p: { id: string; addresses: number }) =>
    `Unable to complete operation on subnet ${p.id}: One or more ports have an IP allocation from this subnet (${p.addresses}).`,
);

export const IpAddressInUse = errorType(
  'IpAddressInUse',
  'conflict',
  (p: { networkId: string; ipAddress: string }) =>
    `Unable to complete operation for network ${p.networkId}. The IP address ${p.ipAddress} is in use.`,
);

export const MacAddressInUse = errorType(
  'MacAddressInUse',
  'conflict',
  (p: { networkId: string; macAddress: string }) =>
    `Unable to complete operation for network ${p.networkId}. The mac address ${p.macAddress} is in use.`,
);

/** All addresses of a network's pools are taken. */
export const IpAddressGenerationFailure = errorType(
  'IpAddressGenerationFailure',
  'conflict',
  (p: { networkId: string; taken: number; total: string }) =>
    `No more IP addresses available on network ${p.networkId}: ${p.taken} are taken, its allocation pools have ${p.total}.`,
);

/** All subnets of a network are for other kinds of devices. */
export const NoServiceSubnet = errorType(
  'IpAddressGenerationFailureNoMatchingSubnet',
  'conflict',
  (p: { networkId: string; deviceOwner: string }) =>
    `No valid service subnet for the given device owner, network ${p.networkId}, service type ${p.deviceOwner}.`,
);

export const InvalidIpForNetwork = errorType(
  'InvalidIpForNetwork',
  'invalid',
  (p: { networkId: string; ipAddress: string }) =>
    `IP address ${p.ipAddress} is not a valid IP for any of the subnets on the specified network ${p.networkId}.`,
);

export const InvalidIpForSubnet = errorType(
  'InvalidIpForSubnet',
  'invalid',
  (p: { ipAddress: string }) => `IP address ${p.ipAddress} is not a valid IP for the specified subnet.`,
);

/** A port is asked on a subnet of another network. */
export const SubnetOfOtherNetwork = errorType(
  'InvalidInput',
  'invalid',
  (p: { networkId: string; subnetId: string }) =>
    `Invalid input for operation: Failed to create port on network ${p.networkId}, because fixed_ips included invalid subnet ${p.subnetId}.`,
);

/** A port is asked for an address on a network without subnets. */
export const NoSubnetForAddress = errorType(
  'InvalidInput',
  'invalid',
  () => 'Invalid input for operation: IP allocation requires subnets for network.',
);

/** A subnet can only be for owners of ports that exist. */
export const InvalidServiceType = errorType(
  'InvalidSubnetServiceType',
  'invalid',
  (p: { type: string }) => `Subnet service type ${p.type} does not correspond to a valid device owner.`,
);

export const OverlappingAllocationPools = errorType(
  'OverlappingAllocationPools',
  'conflict',
  (p: { pools: readonly string[]; cidr: string }) => `Found overlapping allocation pools: ${p.pools.join(' ')} for subnet ${p.cidr}.`,
);

export const GatewayConflictWithAllocationPools = errorType(
  'GatewayConflictWithAllocationPools',
  'conflict',
  (p: { gatewayIp: string; pool: string }) => `Gateway ip ${p.gatewayIp} conflicts with allocation pool ${p.pool}.`,
);

export const SubnetsOfNetworkOverlap = errorType(
  'SubnetsOfNetworkOverlap',
  'invalid',
  (p: { networkId: string; cidr: string; otherCidr: string }) =>
    `Invalid input for operation: Requested subnet with cidr: ${p.cidr} for network: ${p.networkId} overlaps with another subnet: ${p.otherCidr}.`,
);

/** The client saw an earlier revision than the one that it would change. */
export const RevisionNumberConstraintFailed = errorType(
  'RevisionNumberConstraintFailed',
  'outdated',
  (p: { expected: number; current: number }) => `Constrained to ${p.expected}, but current revision is ${p.current}`,
);

export const TagResourceNotFound = errorType(
  'TagResourceNotFound',
  'not-found',
  (p: { resource: string; id: string }) => `Resource ${p.resource} ${p.id} could not be found.`,
);
export const TagNotFound = errorType('TagNotFound', 'not-found', (p: { tag: string }) => `Tag ${p.tag} could not be found.`);

/** A value of the right type that makes no sense. */
export const invalidInput = (field: string, problem: string): NovaError =>
  InvalidInput({ message: `Invalid input for ${field}. Reason: ${problem}` });

/** A network stays shared while other projects have ports on it. */
export const InvalidSharedSetting = errorType(
  'InvalidSharedSetting',
  'conflict',
  (p: { network: string }) => `Unable to reconfigure sharing settings for network ${p.network}. Multiple tenants are using it.`,
);

/** Security groups need port security. */
export const PortSecurityPortHasSecurityGroup = errorType(
  'PortSecurityPortHasSecurityGroup',
  'conflict',
  () => 'Port has security group associated. Cannot disable port security or ip address until security group is removed.',
);

/** Address pairs need port security. */
export const AddressPairAndPortSecurityRequired = errorType(
  'AddressPairAndPortSecurityRequired',
  'conflict',
  () => 'Port Security must be enabled in order to have allowed address pairs on a port.',
);

export const DuplicateAddressPairInRequest = errorType(
  'DuplicateAddressPairInRequest',
  'invalid',
  (p: { ipAddress: string; macAddress: string | undefined }) =>
    `Request contains duplicate address pair: mac_address ${p.macAddress ?? 'None'} ip_address ${p.ipAddress}.`,
);

export const SecurityGroupInUse = errorType('SecurityGroupInUse', 'conflict', (p: { id: string }) => `Security Group ${p.id} in use.`);

export const SecurityGroupDefaultAlreadyExists = errorType(
  'SecurityGroupDefaultAlreadyExists',
  'conflict',
  () => 'Default security group already exists.',
);

export const SecurityGroupCannotUpdateDefault = errorType(
  'SecurityGroupCannotUpdateDefault',
  'conflict',
  () => 'Updating default security group not allowed.',
);

export const SecurityGroupCannotRemoveDefault = errorType(
  'SecurityGroupCannotRemoveDefault',
  'conflict',
  () => 'Insufficient rights for removing default security group.',
);

export const SecurityGroupRuleExists = errorType(
  'SecurityGroupRuleExists',
  'conflict',
  (p: { id: string }) => `Security group rule already exists. Rule id is ${p.id}.`,
);

/** A rule names addresses of another version than it is for. */
export const RuleParameterConflict = errorType(
  'SecurityGroupRuleParameterConflict',
  'invalid',
  (p: { ethertype: string; cidr: string }) => `Conflicting value ethertype ${p.ethertype} for CIDR ${p.cidr}`,
);

/** Two rules of one request mean the same. */
export const DuplicateSecurityGroupRuleInPost = errorType(
  'DuplicateSecurityGroupRuleInPost',
  'conflict',
  () => 'Duplicate Security Group Rule in POST.',
);

/** The request would exceed a quota of the project. */
export const OverQuota = errorType(
  'OverQuota',
  'over-limit',
  (p: { resource: string; limit: number; used: number; requested: number }) =>
    `Quota exceeded for resources: ['${p.resource}']. Requested ${p.requested}, but already used ${p.used} of ${p.limit}.`,
);

/** A boot needs more ports than the project's quota has left. */
export const PortLimitExceeded = errorType('PortLimitExceeded', 'over-limit', () => 'Maximum number of ports exceeded');

/** The project has no limits of its own to delete. */
export const QuotasNotFound = errorType(
  'TenantQuotaNotFound',
  'not-found',
  (p: { projectId: string }) => `Quota for tenant ${p.projectId} could not be found.`,
);

/** A new limit is below the present usage. */
export const QuotaBelowUsage = errorType(
  'InvalidQuotaValue',
  'conflict',
  (p: { resources: readonly string[] }) => `Change would make usage less than 0 for the following resources: ${p.resources.join(', ')}.`,
);

/** The marker of a page does not exist. */
export const MarkerUnknown = errorType('MarkerUnknown', 'invalid', (p: { marker: string }) => `Marker ${p.marker} could not be found.`);
