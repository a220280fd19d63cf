/** A notification as Nova sends it, and what it is made from. */
import type { EventPosition, Initiator, LoggedEvent } from '../../objects/event-position.ts';
import type { Auditing } from '../../objects/audit-period.ts';
import type { BegunWork } from '../servers.ts';

/** Versioned notifications carry objects; unversioned ones are the older, flat form. */
export type NotificationFormat = 'versioned' | 'unversioned';

/** The levels that a notification may have. */
export const priorities = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'CRITICAL'] as const;
export type Priority = (typeof priorities)[number];

export interface Notification {
  readonly format: NotificationFormat;
  /** `instance.create.end`, `compute.instance.create.end`, ... */
  readonly eventType: string;
  readonly priority: Priority;
  /** The service and its host. */
  readonly publisherId: string;
  readonly payload: object;
}

/** A keypair in the notification of a boot. */
export interface NotedKeypair {
  readonly userId: string;
  readonly name: string;
  readonly type: string;
  readonly fingerprint: string;
  readonly publicKey: string;
}

/** What the log does not say in the event itself. */
export interface EventFacts {
  readonly initiator: Initiator | null;
  /** The server in its event before this one. */
  readonly before: { readonly vmState: string; readonly taskState: string | null; readonly name: string } | null;
  /** What the operation began with. */
  readonly work: BegunWork | null;
  /** The keypair of a server that boots, while it exists. */
  readonly keypair: NotedKeypair | null;
}

export const noFacts: EventFacts = { initiator: null, before: null, work: null, keypair: null };

/** What the configuration decides. */
export interface NotificationRules {
  readonly formats: readonly NotificationFormat[];
  /** Which changes of a server's states are told as updates; none by default. */
  readonly stateChanges: 'vm_state' | 'vm_and_task_state' | undefined;
  /** The level of what is no error. */
  readonly level: Priority;
  /** The periods in which usage is audited. */
  readonly auditing: Auditing;
  readonly showsBlockDevices: boolean;
  readonly showsShares: boolean;
  /** The host under whose name services without a host of their own publish. */
  readonly host: string;
  /** Where the image service has an image. */
  readonly imageUrl: (imageId: string) => string;
}

/** One event to tell. */
export interface Telling {
  readonly event: LoggedEvent;
  readonly facts: EventFacts;
  readonly rules: NotificationRules;
}

/** A notification, and the event that it tells. */
export interface ToldNotification extends Notification {
  readonly position: EventPosition;
}
