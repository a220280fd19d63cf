/** Starts to publish notifications, if any are configured. */
import { NotificationPublisher } from '../../conductor/notifications/publisher.ts';
import type { NotificationRules } from '../../events/notifications/notification.ts';
import { errorType } from '../../lib/errors/error-type.ts';
import { logDriver } from '../../lib/notify/log-driver.ts';
import { MessagingDriver } from '../../lib/notify/messaging-driver.ts';
import type { NotificationDriver } from '../../lib/notify/outgoing.ts';
import { imageLinksOf, type NovaConfig } from '../nova-config.ts';
import type { Runtime } from './runtime.ts';
import type { Shared } from './shared.ts';
import { auditingOf } from './usage-audit.ts';

/** Messages within the process would reach nobody who listens to notifications. */
const NotificationsNeedQueue = errorType(
  'NotificationsNeedQueue',
  'invalid',
  (_: object) =>
    'notifications need a queue that other programs reach: set transport_url of [oslo_messaging_notifications] to amqp://user:password@host:port/, or its driver to log',
);

/** Publishes until the program ends. Every conductor stands by; one of them publishes. */
export function startNotifying({ runtime, db }: Shared): void {
  const { clock, config, host, life } = runtime;
  const log = runtime.log.child({ part: 'notifications' });
  const drivers = driversOf({ ...runtime, log });
  if (drivers.length === 0) return;
  life.hold('the notifications', drivers, (open) => Promise.all(open.map((driver) => driver.close())).then(() => {}));
  const topics = {
    versioned: config.notifications.versioned_notifications_topics,
    unversioned: config.oslo_messaging_notifications.topics,
  };
  const retries = config.oslo_messaging_notifications.retry;
  const publisher = new NotificationPublisher({ db, clock, log, holder: host, drivers, rules: rulesOf(runtime), topics, retries });
  life.run('the publisher of notifications', publisher.run(life.signal));
}

function driversOf({ config, clock, log }: Pick<Runtime, 'config' | 'clock' | 'log'>): readonly NotificationDriver[] {
  return [...new Set(config.oslo_messaging_notifications.driver)].flatMap((name) => {
    if (name === 'noop') return [];
    if (name === 'log') return [logDriver(log)];
    const { amqp_durable_queues: durable, amqp_auto_delete: autoDelete } = config.oslo_messaging_rabbit;
    const exchange = config.DEFAULT.control_exchange;
    return [new MessagingDriver({ url: queueUrlOf(config), exchange, durable, autoDelete, enveloped: name === 'messagingv2', clock, log })];
  });
}

function queueUrlOf({ DEFAULT, oslo_messaging_notifications: own }: NovaConfig): string {
  const url = own.transport_url ?? DEFAULT.transport_url;
  if (url.startsWith('memory:')) throw NotificationsNeedQueue({});
  return url;
}

function rulesOf({ config, host }: Pick<Runtime, 'config' | 'host'>): NotificationRules {
  const { notification_format: format, ...own } = config.notifications;
  const images = imageLinksOf(config);
  return {
    formats: format === 'both' ? ['versioned', 'unversioned'] : [format],
    stateChanges: own.notify_on_state_change,
    level: own.default_level,
    auditing: auditingOf(config),
    showsBlockDevices: own.bdms_in_notifications,
    showsShares: own.include_share_mapping,
    host,
    imageUrl: (imageId) => `${images}/images/${imageId}`,
  };
}
