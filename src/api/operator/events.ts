import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../lib/versioning/query-params.ts';
import {
  type EventPage,
  type EventPosition,
  FIRST_POSITION,
  type LoggedEvent,
  POSITION_FORM,
  parsePosition,
} from '../../objects/event-position.ts';
import { exactly } from '../pipeline/answer.ts';
import { ok, route } from '../pipeline/route.ts';

/** The event log as operators follow it. */
export interface EventFeed {
  /** The events after a position, in the order of the feed. */
  readonly read: (after: EventPosition, limit: number) => Promise<EventPage>;
  /** The position after all that is in the feed. */
  readonly now: () => Promise<EventPosition>;
}

/** Events in one answer: where nothing is asked for, and at most. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const query = queryParams(
  {
    /** A position that was read before, or `now`. */
    after: param({ type: t.String({ pattern: `^now$|${POSITION_FORM}` }) }),
    limit: param({ type: t.String({ pattern: '^[1-9][0-9]{0,8}$' }), read: Number }),
  },
  { strict: {} },
);

/** Lists events, to be followed from where the last answer ended. */
export const listEvents = route({
  method: 'GET',
  path: '/events',
  summary: 'List the events after a position, the oldest first; `next` is what to ask for next.',
  policy: 'os_compute_api:os-events:index',
  query,
  status: 200,
  answers: exactly(t.Object({ events: t.Array(t.Unknown()), next: t.String() })),
  handle: async ({ query: { after, limit = DEFAULT_LIMIT } }, { events: feed }: { readonly events: EventFeed }) => {
    const from = after === 'now' ? await feed.now() : (parsePosition(after ?? '') ?? FIRST_POSITION);
    const { events, next } = await feed.read(from, Math.min(limit, MAX_LIMIT));
    return ok({ events: events.map(eventView), next });
  },
});

const eventView = ({ position, sequence, type, subject, projectId, requestId, at, payload }: LoggedEvent) => ({
  position,
  sequence,
  type,
  subject,
  project_id: projectId,
  request_id: requestId,
  at: at.toISOString(),
  payload,
});
