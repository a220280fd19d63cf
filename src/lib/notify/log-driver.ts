import type { Log } from '../log/log.ts';
import type { NotificationDriver } from './outgoing.ts';

const levels: Readonly<Record<string, 'debug' | 'info' | 'warn' | 'error'>> = {
  DEBUG: 'debug',
  WARN: 'warn',
  ERROR: 'error',
  CRITICAL: 'error',
};

/** Writes notifications into the program's log, at their level. */
export const logDriver = (log: Log): NotificationDriver => ({
  send: async (messages) => {
    for (const { message } of messages) {
      log[levels[message.priority] ?? 'info']({ notification: message }, `oslo.messaging.notification.${message.event_type}`);
    }
  },
  close: async () => {},
});
