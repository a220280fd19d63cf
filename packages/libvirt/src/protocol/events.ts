import { int, mapped, named, nothing, optional, string, structOf, type Decoder, type Received } from '../xdr/codec.ts';
import { domain } from './domain.ts';
import { call } from './procedure.ts';

/** virDomainEventType and, for each, its details: each name at its index. */
const lifecycleDetails = {
  defined: ['added', 'updated', 'renamed', 'from-snapshot'],
  undefined: ['removed', 'renamed'],
  started: ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup'],
  // biome-ignore format: one line per event
  suspended: ['paused', 'migrated', 'io-error', 'watchdog', 'restored', 'from-snapshot', 'api-error', 'postcopy', 'postcopy-failed'],
  resumed: ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed'],
  stopped: ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot'],
  shutdown: ['finished', 'guest', 'host'],
  'pm-suspended': ['memory', 'disk'],
  crashed: ['panicked', 'crash-loaded'],
} as const satisfies Record<string, readonly string[]>;

// Object.keys loses the key type of the table.
const lifecycleNames = Object.keys(lifecycleDetails) as readonly (keyof typeof lifecycleDetails)[];
const detailsByIndex: readonly (readonly string[])[] = Object.values(lifecycleDetails);

const lifecycle = mapped(structOf({ domain, event: int, detail: int }), ({ domain, event, detail }) => ({
  domain,
  event: lifecycleNames[event] ?? ('unknown' as const),
  detail: detailsByIndex[event]?.[detail] ?? 'unknown',
}));

const deviceEvent = structOf({ domain, device: string });
const jobTypes = named(['unknown', 'pull', 'copy', 'commit', 'active-commit', 'backup']);
const jobStatus = named(['completed', 'failed', 'canceled', 'ready']);

/** A kind of event: its id for the registration, the procedure of its packets, and what they carry after the callback's id. */
interface EventKind<T> {
  readonly id: number;
  readonly procedure: number;
  readonly payload: Decoder<T>;
}

const event = <T>(id: number, procedure: number, payload: Decoder<T>): EventKind<T> => ({ id, procedure, payload });

/** Every event that this client offers, by the name to subscribe to. */
export const events = {
  /** A guest was defined, started, suspended, resumed, stopped ... */
  lifecycle: event(0, 318, lifecycle),
  /** The guest rebooted by itself or on request. */
  reboot: event(1, 319, structOf({ domain })),
  /** The end of a block job; `disk` is the path of its image. */
  'block-job': event(8, 326, structOf({ domain, disk: string, type: jobTypes, status: jobStatus })),
  /** The guest released a device; `device` is its alias. */
  'device-removed': event(15, 333, deviceEvent),
  /** A device was added; `device` is its alias. */
  'device-added': event(19, 354, deviceEvent),
} as const satisfies Record<string, EventKind<{ readonly domain: unknown }>>;

/** The name of an event. */
export type EventName = keyof typeof events;

/** What an event of that name carries. */
export type EventOf<N extends EventName> = Received<(typeof events)[N]['payload']>;

/** Subscribing and unsubscribing. An event's id and optionally a guest give a callback id, which comes first in each packet of the event. */
export const subscribing = {
  register: call(316, [int, optional(domain)], int),
  deregister: call(317, [int], nothing),
} as const;
