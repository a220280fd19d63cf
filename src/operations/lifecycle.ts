import type { Server } from '../objects/server.ts';
import type { TaskState, VmState } from '../objects/states.ts';

/** One row of the server's state machine (reference: server lifecycle, "Allowed states per action"). */
export interface Transition {
  /** The states in which the operation may start. */
  readonly from: readonly VmState[] | 'any';
  /** The task states in which it may start; none by default. An operation that takes the task state aborts the running one. */
  readonly during?: readonly (TaskState | null)[] | 'any';
  /** The task state that the operation sets. With null it sets none, and waits for other work on the server instead of aborting it. */
  readonly doing: TaskState | null;
  /** Further task states while it runs. */
  readonly phases?: readonly TaskState[];
  readonly to: Destination;
  /** The vm state after a failure was rolled back; by default the state before the operation. */
  readonly onFailure?: VmState;
  /** Refused on a locked server, except for an admin. */
  readonly lockable: boolean;
  /** Requires a guest on a host. */
  readonly needsHost: boolean;
  /** Task states that lead to what this operation wants, or further: repeating it then is a no-op. */
  readonly doneBy?: readonly TaskState[];
}

/** The vm state after an operation: a fixed state, the state before, or a function of it. */
export type Destination = VmState | 'asBefore' | ((before: Before) => VmState);

type Before = Pick<Server, 'vmState'> & Partial<Pick<Server, 'host'>>;

/** The vm state that the operation leads to from this state. */
export const destinationOf = ({ to }: Pick<Transition, 'to'>, before: Before): VmState =>
  typeof to === 'function' ? to(before) : to === 'asBefore' ? before.vmState : to;

const whileWorking = [
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
] as const satisfies readonly TaskState[];
/** States in which the guest's disk is copied as it is. */
const withDisk = ['active', 'stopped', 'paused', 'suspended'] as const satisfies readonly VmState[];
/** States in which a server gets volumes and gives them back. */
const withVolumes = ['active', 'paused', 'stopped', 'shelved', 'shelved_offloaded'] as const satisfies readonly VmState[];
const onGuest = { lockable: true, needsHost: true } as const;
const onRecord = { from: 'any', during: 'any', doing: null, to: 'asBefore', needsHost: false } as const;

/** Operation -> row. The check, the refusal, the compare-and-set of the task state and the tests are derived from it. */
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
    // A stopped server is rebuilt and stays stopped.
    to: ({ vmState }) => (vmState === 'stopped' ? 'stopped' : 'active'),
    onFailure: 'error',
    ...onGuest,
  },
  evacuate: {
    from: ['active', 'stopped', 'error'],
    doing: 'rebuilding',
    phases: ['rebuild_spawning'],
    // Since 2.95 it is stopped.
    to: ({ vmState }) => (vmState === 'stopped' ? 'stopped' : 'active'),
    onFailure: 'error',
    lockable: false,
    needsHost: true,
  },
  resize: {
    from: ['active', 'stopped'],
    doing: 'resize_prep',
    phases: ['resize_migrating', 'resize_migrated', 'resize_finish'],
    to: 'resized',
    ...onGuest,
  },
  // A guest that was off stays off: then it is stopped.
  confirmResize: { from: ['resized'], doing: 'resize_confirming', to: 'active', ...onGuest },
  revertResize: { from: ['resized'], doing: 'resize_reverting', to: 'active', ...onGuest },
  // They queue beside other work: the server keeps its state, and several may be asked for at once.
  attachInterface: { from: ['active', 'paused', 'stopped'], doing: null, to: 'asBefore', ...onGuest },
  detachInterface: { from: ['active', 'paused', 'stopped'], doing: null, to: 'asBefore', ...onGuest },
  // A server that has left its host has volumes too: its guest gets them when it is made.
  attachVolume: { from: withVolumes, doing: null, to: 'asBefore', lockable: true, needsHost: false },
  detachVolume: { from: withVolumes, doing: null, to: 'asBefore', lockable: true, needsHost: false },
  // It waits for other work, and is for whatever guest there is then.
  growVolume: { from: 'any', during: 'any', doing: null, to: 'asBefore', lockable: false, needsHost: true },
  updateVolumeAttachment: { ...onRecord, lockable: true },
  createImage: {
    from: withDisk,
    doing: 'image_snapshot_pending',
    phases: ['image_snapshot', 'image_pending_upload', 'image_uploading'],
    to: 'asBefore',
    lockable: false,
    needsHost: true,
  },
  createBackup: {
    from: withDisk,
    doing: 'image_backup',
    phases: ['image_pending_upload', 'image_uploading'],
    to: 'asBefore',
    lockable: false,
    needsHost: true,
  },
  shelve: {
    from: withDisk,
    doing: 'shelving',
    phases: ['shelving_image_pending_upload', 'shelving_image_uploading'],
    to: 'shelved',
    ...onGuest,
  },
  shelveOffload: { from: ['shelved'], doing: 'shelving_offloading', to: 'shelved_offloaded', ...onGuest },
  unshelve: {
    from: ['shelved', 'shelved_offloaded'],
    doing: 'unshelving',
    phases: ['powering-on', 'networking', 'spawning'],
    to: 'active',
    lockable: true,
    needsHost: false,
  },
  // The guest runs, or stays paused, all the while.
  liveMigrate: { from: ['active', 'paused'], doing: 'migrating', to: 'asBefore', ...onGuest },
  crashDump: { from: ['active', 'paused', 'rescued', 'resized', 'error'], doing: null, to: 'asBefore', ...onGuest },
  lock: { ...onRecord, lockable: false },
  unlock: { ...onRecord, lockable: false },
  resetState: { ...onRecord, lockable: false },
  injectNetworkInfo: { ...onRecord, lockable: true },
  resetNetwork: { ...onRecord, lockable: true },
  consoleOutput: { ...onRecord, lockable: false, needsHost: true },
  diagnostics: { ...onRecord, lockable: false, needsHost: true },
  changePassword: { from: ['active'], doing: 'updating_password', to: 'asBefore', ...onGuest },
  delete: { from: 'any', during: 'any', doing: 'deleting', to: 'deleted', onFailure: 'error', lockable: true, needsHost: false },
  rescue: { from: ['active', 'stopped', 'error'], doing: 'rescuing', to: 'rescued', onFailure: 'error', ...onGuest },
  unrescue: { from: ['rescued'], doing: 'unrescuing', to: 'active', onFailure: 'error', ...onGuest },
  softDelete: {
    from: ['active', 'paused', 'suspended', 'stopped', 'rescued', 'error', 'soft-delete', 'shelved', 'shelved_offloaded'],
    // Not during moves and rebuilds: who deletes a server then gets rid of all that they have made.
    during: [null, ...whileWorking, 'powering-on', 'powering-off', 'rescuing', 'unrescuing', 'restoring', 'updating_password'],
    doing: 'soft-deleting',
    doneBy: ['soft-deleting', 'deleting'],
    to: 'soft-delete',
    onFailure: 'error',
    lockable: true,
    needsHost: false,
  },
  restore: {
    from: ['soft-delete'],
    doing: 'restoring',
    // A server that was booted and has no host had been offloaded.
    to: ({ host }) => (host === null ? 'shelved_offloaded' : 'active'),
    lockable: true,
    needsHost: false,
  },
} as const satisfies Record<string, Transition>;

export type TransitionName = keyof typeof lifecycle;

interface Standing {
  readonly vmState: VmState;
  readonly taskState: TaskState | null;
}

/** The state that prevents an operation. */
export interface Refusal {
  readonly attribute: 'vm_state' | 'task_state';
  readonly state: string;
}

/** Why an operation may not start now; undefined when it may. */
export const refusalOf = (name: TransitionName, server: Standing): Refusal | undefined => refusalIn(lifecycle[name], server);

/** The same for any row with `from` and `during`. */
export function refusalIn(row: Pick<Transition, 'from' | 'during'>, server: Standing): Refusal | undefined {
  if (row.from !== 'any' && !row.from.includes(server.vmState)) return { attribute: 'vm_state', state: server.vmState };
  const during = row.during ?? [null];
  if (during !== 'any' && !during.includes(server.taskState)) return { attribute: 'task_state', state: String(server.taskState) };
  return undefined;
}
