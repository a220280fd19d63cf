import { Type as t } from '@sinclair/typebox';
import { field, resource } from '../../../../lib/versioning/resource.ts';
import { strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { groupPolicies, type ServerGroup } from '../../../../objects/server-group.ts';

const uuid = t.String({ format: 'uuid' });

/** A group, which had a list of policies, and metadata that nobody could set, before it had one policy with rules. */
export const serverGroupView = resource<ServerGroup>()('server group', {
  id: field(uuid, ({ id }) => id),
  name: field(t.String(), ({ name }) => name),
  policies: field(t.Array(stringEnum(groupPolicies)), ({ policy }) => [policy], { until: v.serverGroupRules }),
  policy: field(stringEnum(groupPolicies), ({ policy }) => policy, { since: v.serverGroupRules }),
  rules: field(
    strictObject({ max_server_per_host: t.Optional(t.Integer()) }),
    ({ maxServerPerHost }) => (maxServerPerHost === null ? {} : { max_server_per_host: maxServerPerHost }),
    { since: v.serverGroupRules },
  ),
  members: field(t.Array(uuid), ({ members }) => [...members]),
  metadata: field(strictObject({}), () => ({}), { until: v.serverGroupRules }),
  project_id: field(t.String(), ({ projectId }) => projectId, { since: v.serverGroupOwner }),
  user_id: field(t.String(), ({ userId }) => userId, { since: v.serverGroupOwner }),
});
