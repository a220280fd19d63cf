import { Type as t } from '@sinclair/typebox';
import { field, type Resource, resource } from '../../../../lib/versioning/resource.ts';
import type { VolumeMessage } from '../../../../volume/api/messages.ts';
import { envelope } from '../../../pipeline/answer.ts';
import { pageAnswer } from '../../../pipeline/list.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import { links, linksTo } from '../../compute/wire.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { answeredPage, linkedAs, type ListRules, listingOf } from '../list-query.ts';
import { v } from '../microversions.ts';
import { timeText } from '../wire.ts';

const since = v.messages;

export const messageView: Resource<VolumeMessage> = resource<VolumeMessage>()('message', {
  id: field(t.String(), ({ id }) => id),
  event_id: field(t.String(), ({ eventId }) => eventId),
  user_message: field(t.String(), ({ text }) => text),
  message_level: field(t.String(), () => 'ERROR'),
  created_at: field(nullable(t.String()), ({ createdAt }) => timeText(createdAt)),
  guaranteed_until: field(nullable(t.String()), ({ expiresAt }) => timeText(expiresAt)),
  request_id: field(t.String(), ({ requestId }) => requestId),
  resource_type: field(t.String(), ({ resourceType }) => resourceType),
  resource_uuid: field(t.String(), ({ resourceId }) => resourceId),
  links: field(links, ({ id }, view) => linksTo(`messages/${id}`, view)),
});

const rules: ListRules = {
  filters: {
    resource_uuid: { column: 'resource_id', kind: 'text' },
    resource_type: { column: 'resource_type', kind: 'text' },
    event_id: { column: 'event_id', kind: 'text' },
    request_id: { column: 'request_id', kind: 'text' },
  },
  sort: {
    id: 'id',
    created_at: 'created_at',
    event_id: 'event_id',
    request_id: 'request_id',
    resource_type: 'resource_type',
    resource_uuid: 'resource_id',
  },
};

const dialect = linkedAs('messages_links');

const list = route({
  method: 'GET',
  path: '/messages',
  summary: 'List messages about work that failed.',
  since,
  status: 200,
  answers: pageAnswer(dialect, 'messages', messageView),
  handle: async (req, { volumes }: VolumeFaceDeps) => {
    const listing = listingOf(req, rules);
    return ok(answeredPage(dialect, req, listing, { items: await volumes.messages.list(req.ctx, listing) }));
  },
});

const show = route({
  method: 'GET',
  path: '/messages/{id}',
  summary: 'Show a message.',
  since,
  status: 200,
  answers: envelope('message', messageView),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => ok(await volumes.messages.show(ctx, params.id)),
});

const remove = route({
  method: 'DELETE',
  path: '/messages/{id}',
  summary: 'Delete a message.',
  since,
  status: 204,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.messages.delete(ctx, params.id);
    return done();
  },
});

export const messagesRoutes = [list, show, remove];
