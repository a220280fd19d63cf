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
  'rebooting',
  'rebooting_hard',
  'pausing',
  'unpausing',
  'suspending',
  'resuming',
  'powering-off',
  'powering-on',
  'rebuilding',
  'rebuild_block_device_mapping',
  'rebuild_spawning',
  'deleting',
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
  | 'PAUSED'
  | 'REBOOT'
  | 'REBUILD'
  | 'RESCUE'
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

/** Task states that show as a status of their own, in these vm states. */
const working: Partial<Record<TaskState, { readonly status: Status; readonly from: readonly VmState[] }>> = {
  rebooting: { status: 'REBOOT', from: ['active'] },
  rebooting_hard: { status: 'HARD_REBOOT', from: ['active'] },
  ...Object.fromEntries(
    (['rebuilding', 'rebuild_block_device_mapping', 'rebuild_spawning'] as const).map((task) => [
      task,
      { status: 'REBUILD', from: ['active', 'stopped', 'error'] },
    ]),
  ),
};

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
