/** Notifications as messages: their ids, times, context and topics. */
import { createHash } from 'node:crypto';
import type { Notification, NotificationFormat, Telling } from '../../events/notifications/notification.ts';
import { type Outgoing, osloTime } from '../../lib/notify/outgoing.ts';

/** The topics of each format. */
export type Topics = Readonly<Record<NotificationFormat, readonly string[]>>;

/** The messages of an event: one for each notification and topic. */
export const messagesOf = ({ event, facts }: Telling, notifications: readonly Notification[], topics: Topics): readonly Outgoing[] =>
  notifications.flatMap((notification, place) => {
    const id = repeatableId(`${event.position} ${place} ${notification.format}`);
    const { eventType, priority, publisherId, payload } = notification;
    const userId = facts.initiator?.userId ?? null;
    const projectId = facts.initiator?.projectId ?? null;
    const message = {
      message_id: id,
      publisher_id: publisherId,
      event_type: eventType,
      priority,
      payload,
      timestamp: osloTime(event.at),
      _unique_id: id.replaceAll('-', ''),
      _context_request_id: event.requestId,
      _context_user_id: userId,
      _context_user: userId,
      _context_project_id: projectId,
      _context_tenant: projectId,
      _context_timestamp: event.at.toISOString(),
    } as const;
    return topics[notification.format].map((topic) => ({ topic, priority, message }));
  });

/** The same id whenever the same event is published: consumers recognise a repetition by it. */
function repeatableId(of: string): string {
  const hex = createHash('sha256').update(of).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
