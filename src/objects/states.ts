import { Type as t } from '@sinclair/typebox';

/** A server's stable state, between operations. Wire values of OS-EXT-STS:vm_state (reference: server lifecycle, "State vocabulary"). */
export const vmStates = [
  'building',
  'active',
  'paused',
  'suspended',
  'stopped',
  'rescued',
  'resized',
  'soft-delete',
  'deleted',
  'error',
  'shelved',
  'shelved_offloaded',
] as const;
export type VmState = (typeof vmStates)[number];
export const vmState = t.Union(vmStates.map((state) => t.Literal(state)));

/** The operation in progress on a server; null when there is none. Wire values of OS-EXT-STS:task_state. */
export const taskStates = [
  'scheduling',
  'networking',
  'block_device_mapping',
  'spawning',
  'image_snapshot_pending',
  'image_snapshot',
  'image_pending_upload',
  'image_uploading',
  'image_backup',
  'updating_password',
  'resize_prep',
  'resize_migrating',
  'resize_migrated',
  'resize_finish',
  'resize_reverting',
  'resize_confirming',
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'powering-off',
  'powering-on',
  'rescuing',
  'unrescuing',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'migrating',
  'deleting',
  'soft-deleting',
  'restoring',
  'shelving',
  'shelving_image_pending_upload',
  'shelving_image_uploading',
  'shelving_offloading',
  'unshelving',
] as const;
export type TaskState = (typeof taskStates)[number];

/** The guest's power state in the hypervisor. The numbers are the wire values of OS-EXT-STS:power_state. */
export const powerStates = { pending: 0, running: 1, paused: 3, shutdown: 4, crashed: 6, suspended: 7 } as const;
export type PowerState = keyof typeof powerStates;
export const powerState = t.Unsafe<PowerState>({ type: 'string', enum: Object.keys(powerStates) });

/** The API's status, derived from vm state and task state (reference: server lifecycle, "status"). */
export type Status =
  | 'ACTIVE'
  | 'BUILD'
  | 'DELETED'
  | 'ERROR'
  | 'HARD_REBOOT'
  | 'MIGRATING'
  | 'PASSWORD'
  | 'PAUSED'
  | 'REBOOT'
  | 'REBUILD'
  | 'RESCUE'
  | 'RESIZE'
  | 'REVERT_RESIZE'
  | 'SHELVED'
  | 'SHELVED_OFFLOADED'
  | 'SHUTOFF'
  | 'SOFT_DELETED'
  | 'SUSPENDED'
  | 'VERIFY_RESIZE';

const settled: Record<VmState, Status> = {
  building: 'BUILD',
  active: 'ACTIVE',
  paused: 'PAUSED',
  suspended: 'SUSPENDED',
  stopped: 'SHUTOFF',
  rescued: 'RESCUE',
  resized: 'VERIFY_RESIZE',
  'soft-delete': 'SOFT_DELETED',
  deleted: 'DELETED',
  error: 'ERROR',
  shelved: 'SHELVED',
  shelved_offloaded: 'SHELVED_OFFLOADED',
};

/** Statuses that show what is being done: in these task states, when they began in one of these vm states. */
const shownWork = [
  { status: 'REBOOT', tasks: ['rebooting'], from: ['active'] },
  { status: 'HARD_REBOOT', tasks: ['rebooting_hard'], from: ['active'] },
  { status: 'REBUILD', tasks: ['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning'], from: ['active', 'stopped', 'error'] },
  { status: 'PASSWORD', tasks: ['updating_password'], from: ['active'] },
  { status: 'MIGRATING', tasks: ['migrating'], from: ['active', 'paused'] },
  { status: 'RESIZE', tasks: ['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish'], from: ['active', 'stopped'] },
  { status: 'REVERT_RESIZE', tasks: ['resize_reverting'], from: ['resized'] },
] as const satisfies readonly { status: Status; tasks: readonly TaskState[]; from: readonly VmState[] }[];

type ShownTask = { readonly status: Status; readonly from: readonly VmState[] };

const working: Partial<Record<TaskState, ShownTask>> = Object.fromEntries(
  shownWork.flatMap(({ tasks, status, from }) => tasks.map((task): [TaskState, ShownTask] => [task, { status, from }])),
);

export function statusOf(vm: VmState, task: TaskState | null): Status {
  const shown = task === null ? undefined : working[task];
  return shown?.from.includes(vm) ? shown.status : settled[vm];
}

/** The vm states and task states that show as a status: what a list filter asks the database for. */
export function statesOf(status: string): { vmStates: readonly VmState[]; taskStates?: readonly TaskState[] } {
  const shown = taskStates.flatMap((task) => (working[task]?.status === status ? [{ task, from: working[task].from }] : []));
  if (shown.length === 0) return { vmStates: vmStates.filter((vm) => settled[vm] === status) };
  return { vmStates: [...new Set(shown.flatMap(({ from }) => from))], taskStates: shown.map(({ task }) => task) };
}
