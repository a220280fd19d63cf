import { int, type Decoder } from '../xdr/codec.ts';

/** virDomainState and, for each, its virDomain*Reason: each name at its index. */
export const domainStates = {
  'no-state': ['unknown'],
  // biome-ignore format: one line per state
  running: ['unknown', 'booted', 'migrated', 'restored', 'from-snapshot', 'unpaused', 'migration-canceled', 'save-canceled', 'wakeup', 'crashed', 'postcopy', 'postcopy-failed'],
  blocked: ['unknown'],
  // biome-ignore format: one line per state
  paused: ['unknown', 'user', 'migration', 'save', 'dump', 'io-error', 'watchdog', 'from-snapshot', 'shutting-down', 'snapshot', 'crashed', 'starting-up', 'postcopy', 'postcopy-failed', 'api-error'],
  shutdown: ['unknown', 'user'],
  shutoff: ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot', 'daemon'],
  crashed: ['unknown', 'panicked'],
  'pm-suspended': ['unknown'],
} as const satisfies Record<string, readonly string[]>;

/** What a guest is doing; `unknown` only from a libvirt newer than this client. */
export type DomainState = keyof typeof domainStates | 'unknown';

const reasonsByIndex: readonly (readonly string[])[] = Object.values(domainStates);
// Object.keys loses the key type of the table.
const stateNames = Object.keys(domainStates) as readonly (keyof typeof domainStates)[];

/** The state alone, as its number. */
export const domainState: Decoder<DomainState> = { read: (reader) => stateNames[reader.int()] ?? 'unknown' };

/** The state with its reason. */
export const domainStateWithReason: Decoder<{ readonly state: DomainState; readonly reason: string }> = {
  read: (reader) => {
    const number = reader.int();
    const reason = int.read(reader);
    return { state: stateNames[number] ?? 'unknown', reason: reasonsByIndex[number]?.[reason] ?? 'unknown' };
  },
};
