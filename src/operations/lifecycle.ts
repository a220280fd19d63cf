import type { Server } from '../objects/server.ts';
import type { TaskState, VmState } from '../objects/states.ts';

/** One row of the server's state machine (reference: server lifecycle, "Allowed states per action"). */
export interface Transition {
  /** The states from which the operation may begin. */
  readonly from: readonly VmState[] | 'any';
  /** What else may be going on at that moment; nothing, when not said. Whatever it is gives way to an operation that takes the task state. */
  readonly during?: readonly (TaskState | null)[] | 'any';
  /** The task state that the operation takes; null where it takes none: then it waits for other work on the server instead of ending it. */
  readonly doing: TaskState | null;
  /** Task states that follow while it goes on. */
  readonly phases?: readonly TaskState[];
  readonly to: Destination;
  /** Where the server stands when the operation failed and was unwound; where it stood before, when not said. */
  readonly onFailure?: VmState;
  /** A locked server refuses it, except to an admin. */
  readonly lockable: boolean;
  /** It needs a guest on a host. */
  readonly needsHost: boolean;
}

/** Where a server stands after an operation: in a state, where it stood before, or where its standing before says. */
export type Destination = VmState | 'asBefore' | ((before: Pick<Server, 'vmState'>) => VmState);

/** The state that a server in this state comes to. */
export const destinationOf = ({ to }: Pick<Transition, 'to'>, before: Pick<Server, 'vmState'>): VmState =>
  typeof to === 'function' ? to(before) : to === 'asBefore' ? before.vmState : to;

const whileWorking = [
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
] as const satisfies readonly TaskState[];
const onGuest = { lockable: true, needsHost: true } as const;
const onRecord = { from: 'any', during: 'any', doing: null, to: 'asBefore', needsHost: false } as const;

/** Operation -> row. The check, the answer to a refused call, the compare-and-set of the task state and the tests are derived from it. */
export const lifecycle = {
  boot: {
    from: ['building'],
    during: ['scheduling'],
    doing: 'scheduling',
    to: 'active',
    onFailure: 'error',
    lockable: false,
    needsHost: false,
  },
  start: { from: ['stopped'], doing: 'powering-on', to: 'active', ...onGuest },
  stop: { from: ['active', 'error'], doing: 'powering-off', to: 'stopped', ...onGuest },
  rebootSoft: { from: ['active'], doing: 'rebooting', to: 'active', ...onGuest },
  rebootHard: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    during: [null, ...whileWorking],
    doing: 'rebooting_hard',
    to: 'active',
    onFailure: 'error',
    ...onGuest,
  },
  pause: { from: ['active'], doing: 'pausing', to: 'paused', ...onGuest },
  unpause: { from: ['paused'], doing: 'unpausing', to: 'active', ...onGuest },
  suspend: { from: ['active'], doing: 'suspending', to: 'suspended', ...onGuest },
  resume: { from: ['suspended'], doing: 'resuming', to: 'active', ...onGuest },
  rebuild: {
    from: ['active', 'stopped', 'error'],
    doing: 'rebuilding',
    phases: ['rebuild_block_device_mapping', 'rebuild_spawning'],
    // A server that was down is made anew, and down again.
    to: ({ vmState }) => (vmState === 'stopped' ? 'stopped' : 'active'),
    onFailure: 'error',
    ...onGuest,
  },
  crashDump: { from: ['active', 'paused', 'rescued', 'resized', 'error'], doing: null, to: 'asBefore', ...onGuest },
  lock: { ...onRecord, lockable: false },
  unlock: { ...onRecord, lockable: false },
  resetState: { ...onRecord, lockable: false },
  injectNetworkInfo: { ...onRecord, lockable: true },
  consoleOutput: { ...onRecord, lockable: false, needsHost: true },
  changePassword: { from: ['active'], doing: null, to: 'asBefore', ...onGuest },
  delete: { from: 'any', during: 'any', doing: 'deleting', to: 'deleted', onFailure: 'error', lockable: true, needsHost: false },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof lifecycle;

interface Standing {
  readonly vmState: VmState;
  readonly taskState: TaskState | null;
}

/** What of a server's state is in the way. */
export interface Refusal {
  readonly attribute: 'vm_state' | 'task_state';
  readonly state: string;
}

/** Why an operation may not begin now, or undefined when it may. */
export const refusalOf = (name: TransitionName, server: Standing): Refusal | undefined => refusalIn(lifecycle[name], server);

/** The same for any row that says from which states something may begin. */
export function refusalIn(row: Pick<Transition, 'from' | 'during'>, server: Standing): Refusal | undefined {
  if (row.from !== 'any' && !row.from.includes(server.vmState)) return { attribute: 'vm_state', state: server.vmState };
  const during = row.during ?? [null];
  if (during !== 'any' && !during.includes(server.taskState)) return { attribute: 'task_state', state: String(server.taskState) };
  return undefined;
}
