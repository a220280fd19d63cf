import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../lib/versioning/query-params.ts';
import {
  type EventPage,
  eventInJson,
  type EventPosition,
  FIRST_POSITION,
  POSITION_FORM,
  parsePosition,
} from '../../objects/event-position.ts';
import { exactly } from '../pipeline/answer.ts';
import { ok, route } from '../pipeline/route.ts';

/** The event log as the operator API reads it. */
export interface EventFeed {
  /** The events after a position, in feed order. */
  readonly read: (after: EventPosition, limit: number) => Promise<EventPage>;
  /** The position after the newest event. */
  readonly now: () => Promise<EventPosition>;
}

/** Events in one answer: the default and the maximum. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

const query = queryParams(
  {
    /** A position from an earlier answer, or `now`. */
    after: param({ type: t.String({ pattern: `^now$|${POSITION_FORM}` }) }),
    limit: param({ type: t.String({ pattern: '^[1-9][0-9]{0,8}$' }), read: Number }),
  },
  { strict: {} },
);

/** Lists events; a client continues from where the last answer ended. */
export const listEvents = route({
  method: 'GET',
  path: '/events',
  summary: 'List the events after a position, oldest first; `next` is the position to continue from.',
  policy: 'os_compute_api:os-events:index',
  query,
  status: 200,
  answers: exactly(t.Object({ events: t.Array(t.Unknown()), next: t.String() })),
  handle: async ({ query: { after, limit = DEFAULT_LIMIT } }, { events: feed }: { readonly events: EventFeed }) => {
    const from = after === 'now' ? await feed.now() : (parsePosition(after ?? '') ?? FIRST_POSITION);
    const { events, next } = await feed.read(from, Math.min(limit, MAX_LIMIT));
    return ok({ events: events.map(eventInJson), next });
  },
});
