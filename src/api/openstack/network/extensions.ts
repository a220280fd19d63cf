import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../lib/errors/error-type.ts';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';

/** The extension does not exist here. */
const ExtensionNotFound = errorType(
  'ExtensionNotFound',
  'not-found',
  (p: { alias: string }) => `Extension with alias ${p.alias} does not exist`,
);

/** The supported extensions, which clients check before they use a feature. */
const EXTENSIONS: Readonly<Record<string, readonly [name: string, description: string]>> = {
  'default-subnetpools': ['Default Subnetpools', 'Provides ability to mark and use a subnetpool as the default.'],
  'allowed-address-pairs': ['Allowed Address Pairs', 'Provides allowed address pairs'],
  availability_zone: ['Availability Zone', 'Availability zones of networks.'],
  binding: ['Port Binding', 'Expose port bindings of a virtual port to external application'],
  'empty-string-filtering': ['Empty String Filtering Extension', 'Allow filtering by attributes with empty string value'],
  'external-net': ['Neutron external network', 'Adds external network attribute to network resource.'],
  'ext-gw-mode': [
    'Neutron L3 Configurable external gateway mode',
    'Extension of the router abstraction for specifying whether SNAT should occur on the external gateway',
  ],
  extraroute: ['Neutron Extra Route', 'Extra routes configuration for L3 router'],
  'extraroute-atomic': [
    'Atomically add/remove extra routes',
    'Edit extra routes of a router on server side by atomically adding/removing extra routes',
  ],
  extra_dhcp_opt: [
    'Neutron Extra DHCP options',
    'Extra options configuration for DHCP. For example PXE boot options to DHCP clients can be specified.',
  ],
  'filter-validation': ['Filter parameters validation', 'Provides validation on filter parameters.'],
  'fip-port-details': ['Floating IP Port Details Extension', 'Add port_details attribute to Floating IP resource'],
  'floating-ip-port-forwarding': ['Floating IP Port Forwarding', 'Expose floating IP port forwarding'],
  'floating-ip-port-forwarding-description': [
    'Floating IP Port Forwarding new field description',
    'Add a description field to Port Forwarding rules',
  ],
  'expose-port-forwarding-in-fip': ['Expose Port Forwarding in FIP', 'Expose the port_forwardings field of a floating IP'],
  'floatingip-pools': ['Floating IP Pools Extension', 'Provides a floating IP pools API.'],
  'ip-substring-filtering': ['IP address substring filtering', 'Provides IP address substring filtering when listing ports'],
  'net-mtu': ['Network MTU', 'Provides MTU attribute for a network resource.'],
  'net-mtu-writable': ['Network MTU (writable)', 'Provides a writable MTU attribute for a network resource.'],
  'network-ip-availability': ['Network IP Availability', 'Provides IP availability data for each network and subnet.'],
  pagination: ['Pagination support', 'Extension that indicates that pagination is enabled.'],
  'port-security': ['Port Security', 'Provides port security'],
  'project-id': ['project_id field enabled', 'Extension that indicates that project_id field is enabled.'],
  provider: ['Provider Network', 'Expose mapping of virtual networks to physical networks'],
  'quota-check-limit': ['Quota engine limit check', 'Support for checking the resource usage before applying a new quota limit'],
  qos: ['Quality of Service', 'The Quality of Service extension.'],
  'qos-bw-limit-direction': [
    'Direction for QoS bandwidth limit rule',
    'Allow to configure QoS bandwidth limit rule with specific direction: ingress or egress',
  ],
  'qos-default': ['QoS default policy', 'Expose the QoS default policy per project'],
  'qos-rule-type-details': ['Details of QoS rule types', 'Expose details about QoS rule types supported by loaded backend drivers'],
  quota_details: ['Quota details management support', 'Expose functions for quotas usage statistics per project'],
  quotas: ['Quota management support', 'Expose functions for quotas management per project'],
  'rbac-policies': ['RBAC Policies', 'Allows creation and modification of policies that control tenant access to resources.'],
  'rbac-address-scope': ['RBAC for address scopes', 'Adds address_scope type to the RBAC policies.'],
  'rbac-security-groups': ['RBAC for security groups', 'Adds security_group type to the RBAC policies.'],
  'rbac-subnetpool': ['RBAC for subnet pools', 'Adds subnetpool type to the RBAC policies.'],
  'revision-if-match': ['If-Match constraints based on revision_number', 'Extension indicating that If-Match is supported'],
  router: [
    'Neutron L3 Router',
    'Router abstraction for basic L3 forwarding between L2 Neutron networks and access to external networks via a NAT gateway.',
  ],
  'security-group': ['security-group', 'The security groups extension.'],
  'security-groups-shared-filtering': [
    'Security group filtering on the shared field',
    'Support filtering security groups on the shared field',
  ],
  sorting: ['Sorting support', 'Extension that indicates that sorting is enabled.'],
  'standard-attr-description': ['standard-attr-description', 'Extension to add descriptions to standard attributes'],
  'standard-attr-revisions': ['Resource revision numbers', 'This extension will display the revision number of neutron resources.'],
  'standard-attr-tag': ['Tag support for resources with standard attribute', 'Enables to set tags on resources.'],
  'standard-attr-timestamp': ['Resource timestamps', 'Adds created_at and updated_at fields to all Neutron resources.'],
  subnet_allocation: ['Subnet Allocation', 'Enables allocation of subnets from a subnet pool'],
  'subnetpool-prefix-ops': ['Subnet Pool Prefix Operations', 'Provides support for adjusting the prefix list of subnet pools'],
  'subnet-service-types': ['Subnet service types', 'Provides ability to set the subnet service_types field'],
  'tag-creation': ['Tag creation', 'Allow to create tags during resource creation.'],
  'tag-ports-during-bulk-creation': ['Tag Ports During Bulk Creation', 'Allow to tag ports during bulk creation'],
};

const extension = t.Object({
  alias: t.String(),
  name: t.String(),
  description: t.String(),
  updated: t.String(),
  links: t.Array(t.Null()),
});

const shownAs = (alias: string, [name, description]: readonly [string, string]) => ({
  alias,
  name,
  description,
  updated: '2013-07-23T10:00:00-00:00',
  links: [],
});

/** /v2.0/extensions */
export const extensionRoutes = [
  route({
    method: 'GET',
    path: '/v2.0/extensions',
    summary: 'List the supported extensions.',
    status: 200,
    answers: exactly(t.Object({ extensions: t.Array(extension) })),
    handle: () => ok({ extensions: Object.entries(EXTENSIONS).map(([alias, said]) => shownAs(alias, said)) }),
  }),
  route({
    method: 'GET',
    path: '/v2.0/extensions/{alias}',
    summary: 'Show one extension.',
    status: 200,
    answers: exactly(t.Object({ extension })),
    handle: ({ params: { alias } }) => {
      const said = Object.hasOwn(EXTENSIONS, alias) ? EXTENSIONS[alias] : undefined;
      if (!said) throw ExtensionNotFound({ alias });
      return ok({ extension: shownAs(alias, said) });
    },
  }),
];
