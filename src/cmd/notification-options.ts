/** The options of notifications, under the names that operators know from Nova and oslo.messaging. */
import { option, optionGroup } from '../lib/config/option.ts';
import { boolean, checked, integer, list, multi, oneOf, text } from '../lib/config/value-type.ts';
import { transportUrlProblem } from '../lib/rpc/bus-for.ts';

export const notifications = optionGroup('notifications', {
  notification_format: option(oneOf(['unversioned', 'versioned', 'both']), {
    default: 'unversioned',
    help: 'Which notifications are sent: the older flat ones, those with versioned objects, or both.',
  }),
  notify_on_state_change: option(oneOf(['vm_state', 'vm_and_task_state']), {
    help: 'Also notify of every change of a server: of its vm state, or of its task state too; unset: of neither.',
  }),
  default_level: option(oneOf(['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL']), {
    default: 'INFO',
    help: 'Level of notifications that tell of no error. It is part of the name of the queue.',
  }),
  versioned_notifications_topics: option(list(text()), {
    default: ['versioned_notifications'],
    help: 'Topics of versioned notifications.',
  }),
  bdms_in_notifications: option(boolean(), { default: false, help: 'Show the block devices of servers in versioned notifications.' }),
  include_share_mapping: option(boolean(), { default: false, help: 'Show the shares of servers in versioned notifications.' }),
});

export const osloMessagingNotifications = optionGroup('oslo_messaging_notifications', {
  driver: option(multi(oneOf(['messagingv2', 'messaging', 'log', 'noop'])), {
    default: [],
    help: 'How notifications are sent: to the queue, with an envelope or without, or to the log; unset: not at all.',
  }),
  transport_url: option(checked('transport URL', transportUrlProblem), {
    help: 'The queue of notifications; unset: transport_url of [DEFAULT].',
    secret: true,
  }),
  topics: option(list(text()), { default: ['notifications'], help: 'Topics of unversioned notifications.' }),
  retry: option(integer({ min: -1 }), {
    default: -1,
    help: 'How often notifications that could not be sent are tried again before they are dropped; -1 is until they are sent.',
  }),
});

export const osloMessagingRabbit = optionGroup('oslo_messaging_rabbit', {
  amqp_durable_queues: option(boolean(), {
    default: false,
    help: "Whether the queues of notifications survive a restart of the broker. Their consumers' setting must be the same.",
  }),
  amqp_auto_delete: option(boolean(), {
    default: false,
    help: 'Whether the broker deletes the queues of notifications once nobody consumes them any more.',
  }),
});
