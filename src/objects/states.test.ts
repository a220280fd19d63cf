import { expect, test } from 'vitest';
import { type Status, statesOf, statusOf, type TaskState, taskStates, type VmState, vmStates } from './states.ts';

const tasks: readonly (TaskState | null)[] = [null, ...taskStates];

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

/** The only task states that show in the status. */
const exceptions: readonly [VmState, TaskState, Status][] = [
  ['active', 'rebooting', 'REBOOT'],
  ['active', 'rebooting_hard', 'HARD_REBOOT'],
  ...(['active', 'stopped', 'error'] as const).flatMap((vm): [VmState, TaskState, Status][] => [
    [vm, 'rebuilding', 'REBUILD'],
    [vm, 'rebuild_block_device_mapping', 'REBUILD'],
    [vm, 'rebuild_spawning', 'REBUILD'],
  ]),
  ['active', 'updating_password', 'PASSWORD'],
  ['active', 'migrating', 'MIGRATING'],
  ['paused', 'migrating', 'MIGRATING'],
  ...(['active', 'stopped'] as const).flatMap((vm) =>
    (['resize_prep', 'resize_migrating', 'resize_migrated', 'resize_finish'] as const).map((task): [VmState, TaskState, Status] => [
      vm,
      task,
      'RESIZE',
    ]),
  ),
  ['resized', 'resize_reverting', 'REVERT_RESIZE'],
];

test.each(vmStates)('%s has one status whatever is being done, but for a few operations', (vm) => {
  for (const task of tasks) {
    const exception = exceptions.find(([of, during]) => of === vm && during === task);
    expect([task, statusOf(vm, task)]).toEqual([task, exception?.[2] ?? settled[vm]]);
  }
});

test('a filter by a status finds every state that shows as it', () => {
  for (const vm of vmStates)
    for (const task of tasks) {
      const found = statesOf(statusOf(vm, task));
      expect(found.vmStates).toContain(vm);
      if (found.taskStates) expect(found.taskStates).toContain(task);
    }
});

test('a status that there is not finds nothing', () => {
  expect(statesOf('FANTASTIC')).toEqual({ vmStates: [] });
});
