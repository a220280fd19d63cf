import { Type as t } from '@sinclair/typebox';
import type { LimitsAndUse, QuotaName, QuotaUse } from '../../../../compute/quotas/quota-api.ts';
import type { Window } from '../../../../lib/versioning/microversion.ts';
import { embedded, field, resource } from '../../../../lib/versioning/resource.ts';
import { v } from '../../../../microversions.ts';

const most = (name: QuotaName, window: Window = {}) => field(t.Integer(), ({ limits }: LimitsAndUse) => limits[name], window);
const use = (name: keyof QuotaUse) => field(t.Integer(), ({ used }: LimitsAndUse) => used[name]);
/** Legacy usage fields: no longer counted, or counted by the network service. */
const uncounted = (window: Window) => field(t.Integer(), () => 0, window);

const proxied = { until: v.noProxies };
const injected = { until: v.noPersonality };

const absolute = resource<LimitsAndUse>()('absolute limits', {
  maxTotalInstances: most('instances'),
  maxTotalCores: most('cores'),
  maxTotalRAMSize: most('ram'),
  maxServerMeta: most('metadata_items'),
  maxImageMeta: most('metadata_items', { until: v.noImageMetadataProxy }),
  maxPersonality: most('injected_files', injected),
  maxPersonalitySize: most('injected_file_content_bytes', injected),
  maxTotalKeypairs: most('key_pairs'),
  maxServerGroups: most('server_groups'),
  maxServerGroupMembers: most('server_group_members'),
  maxTotalFloatingIps: most('floating_ips', proxied),
  maxSecurityGroups: most('security_groups', proxied),
  maxSecurityGroupRules: most('security_group_rules', proxied),
  totalRAMUsed: use('ram'),
  totalCoresUsed: use('cores'),
  totalInstancesUsed: use('instances'),
  totalFloatingIpsUsed: uncounted(proxied),
  totalSecurityGroupsUsed: uncounted(proxied),
  totalServerGroupsUsed: use('server_groups'),
});

/** The limits and usage of a project; there are no rate limits. */
export const limitsView = resource<LimitsAndUse>()('limits', {
  rate: field(t.Array(t.Unknown(), { maxItems: 0 }), () => []),
  absolute: embedded(absolute, (value) => value),
});
