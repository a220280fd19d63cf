import { createHash } from 'node:crypto';
import { Type as t } from '@sinclair/typebox';
import type { ActionEvent, ActionInFull, InstanceAction } from '../../../../compute/servers/instance-action-api.ts';
import { embeddedList, field, omit, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { microseconds } from '../wire.ts';

/** The policy rules for the details of events. */
const OPERATORS = 'os_compute_api:os-instance-actions:events';

const text = nullable(t.String());
const timeOrNull = (time: Date | null): string | null => time && microseconds(time);

/** Clients know a delete that can be taken back as a delete. */
const shownName = ({ name }: InstanceAction): string => (name === 'softDelete' ? 'delete' : name);

/** An instance action in the list. */
export const actionSummary = resource<InstanceAction>()('instanceAction', {
  action: field(t.String(), (action) => shownName(action)),
  instance_uuid: field(t.String({ format: 'uuid' }), (action) => action.serverId),
  request_id: field(t.String(), (action) => action.requestId),
  user_id: field(text, (action) => action.userId),
  project_id: field(text, (action) => action.projectId),
  start_time: field(t.String(), (action) => microseconds(action.startedAt)),
  message: field(text, (action) => action.message),
  updated_at: field(text, (action) => timeOrNull(action.finishedAt), { since: v.instanceActionPaging }),
});

/** An event of an action, with the project of its server. */
type ShownEvent = ActionEvent & { readonly projectId: string };

const eventView = resource<ShownEvent>()('event', {
  event: field(t.String(), (event) => event.event),
  start_time: field(t.String(), (event) => microseconds(event.startedAt)),
  finish_time: field(text, (event) => timeOrNull(event.finishedAt)),
  result: field(text, (event) => event.result),
  traceback: field(text, (event) => event.traceback, { policy: OPERATORS }),
  host: field(t.Optional(t.String()), (event) => event.host ?? omit, { policy: OPERATORS, since: v.eventHosts }),
  hostId: field(t.String(), ({ host, projectId }) => hostIdOf(host, projectId), { since: v.eventHosts }),
  details: field(text, (event) => event.details, { policy: `${OPERATORS}:details`, since: v.eventDetails }),
});

const eventsOf = ({ events, server }: ActionInFull): ShownEvent[] => events.map((event) => ({ ...event, projectId: server.projectId }));

/** An instance action with its events; in old versions a policy rule hides the events. */
export const actionView = resource<ActionInFull>()('instanceAction', {
  action: field(t.String(), ({ action }) => shownName(action)),
  instance_uuid: field(t.String({ format: 'uuid' }), ({ action }) => action.serverId),
  request_id: field(t.String(), ({ action }) => action.requestId),
  user_id: field(text, ({ action }) => action.userId),
  project_id: field(text, ({ action }) => action.projectId),
  start_time: field(t.String(), ({ action }) => microseconds(action.startedAt)),
  message: field(text, ({ action }) => action.message),
  updated_at: field(text, ({ action }) => timeOrNull(action.finishedAt), { since: v.instanceActionPaging }),
  events: variants(
    embeddedList(eventView, eventsOf, { policy: OPERATORS, until: v.volumeExtended }),
    embeddedList(eventView, eventsOf, { since: v.volumeExtended }),
  ),
});

/** Tells tenants which of their servers share a host, without telling which host: a hash of project and host; empty for none. */
export function hostIdOf(host: string | null, projectId: string): string {
  if (host === null) return '';
  const text = projectId + host;
  const known = hostIds.get(text);
  if (known !== undefined) return known;
  const id = createHash('sha224').update(text).digest('hex');
  if (hostIds.size >= MAX_HOST_IDS) hostIds.clear();
  hostIds.set(text, id);
  return id;
}

/** Cache of hashes: a page of servers needs the same few again and again. */
const hostIds = new Map<string, string>();
const MAX_HOST_IDS = 10_000;
