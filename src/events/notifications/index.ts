/** The event log as notifications: which ones an event is told as, with their payloads; pure. */
import type { Notification, Telling } from './notification.ts';
import { resourceNotifications } from './resource-notifications.ts';
import { serverNotifications } from './server-notifications.ts';

/** The notifications of an event, in the order in which they are published; none for events that Nova does not tell. */
export const notificationsOf = (telling: Telling): readonly Notification[] =>
  telling.event.type.startsWith('server.') ? serverNotifications(telling) : resourceNotifications(telling);
