import { describe, expect, test } from 'vitest';
import { type TaskState, taskStates, type VmState, vmStates } from '../objects/states.ts';
import { lifecycle, refusalOf, type Transition, type TransitionName } from './lifecycle.ts';

/** What operators are told of each operation, said once more and apart from the code: from where, and during what else. */
const promised: Record<TransitionName, { from: readonly VmState[]; during: readonly (TaskState | null)[] }> = {
  boot: { from: ['building'], during: ['scheduling'] },
  start: { from: ['stopped'], during: [null] },
  // An error does not prove that the guest is down.
  stop: { from: ['active', 'error'], during: [null] },
  rebootSoft: { from: ['active'], during: [null] },
  // The way out of whatever got stuck; not out of power changes, which end by themselves.
  rebootHard: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    during: [null, 'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'suspending', 'resuming'],
  },
  pause: { from: ['active'], during: [null] },
  unpause: { from: ['paused'], during: [null] },
  suspend: { from: ['active'], during: [null] },
  resume: { from: ['suspended'], during: [null] },
  delete: { from: vmStates, during: [null, ...taskStates] },
};

const names = Object.keys(promised) as TransitionName[];
const tasks: readonly (TaskState | null)[] = [null, ...taskStates];

test('every operation is promised something', () => {
  expect(Object.keys(lifecycle).sort()).toEqual([...names].sort());
});

describe.each(names)('%s', (name) => {
  const { from, during } = promised[name];

  test.each(vmStates)('from %s, whatever is going on', (vmState) => {
    const refused = tasks.filter((taskState) => refusalOf(name, { vmState, taskState }) !== undefined);
    expect(refused).toEqual(from.includes(vmState) ? tasks.filter((task) => !during.includes(task)) : tasks);
  });
});

test('a refusal names the state that is in the way, the vm state before the task state', () => {
  expect(refusalOf('pause', { vmState: 'stopped', taskState: 'powering-on' })).toEqual({ attribute: 'vm_state', state: 'stopped' });
  expect(refusalOf('pause', { vmState: 'active', taskState: 'rebooting' })).toEqual({ attribute: 'task_state', state: 'rebooting' });
  expect(refusalOf('boot', { vmState: 'building', taskState: null })).toEqual({ attribute: 'task_state', state: 'null' });
});

test('two operations at once are impossible, but for a hard reboot and a delete, to which others give way', () => {
  const held = Object.values(lifecycle).map(({ doing }) => doing);
  const takesOver = names.filter((name) => vmStates.some((vmState) => held.some((taskState) => !refusalOf(name, { vmState, taskState }))));
  // A boot begins in the task state that it was born with.
  expect(takesOver).toEqual(['boot', 'rebootHard', 'delete']);
});

test('a locked server refuses its owner everything but being booted', () => {
  expect(names.filter((name) => !lifecycle[name].lockable)).toEqual(['boot']);
});

test('only booting and deleting can do without a host', () => {
  expect(names.filter((name) => !lifecycle[name].needsHost)).toEqual(['boot', 'delete']);
});

test('what fails leaves the server where it was, unless nobody could tell where that is', () => {
  const rows: [TransitionName, Transition][] = names.map((name) => [name, lifecycle[name]]);
  expect(rows.filter(([, { onFailure }]) => onFailure !== undefined).map(([name, { onFailure }]) => [name, onFailure])).toEqual([
    ['boot', 'error'],
    ['rebootHard', 'error'],
    ['delete', 'error'],
  ]);
});

test('every state that operations lead to can be left again, but for deleted', () => {
  const reached = new Set<VmState>(names.map((name) => lifecycle[name].to));
  const stuck = [...reached].filter(
    (vmState) =>
      !names.some((name) => name !== 'delete' && lifecycle[name].to !== vmState && !refusalOf(name, { vmState, taskState: null })),
  );
  expect(stuck).toEqual(['deleted']);
});
