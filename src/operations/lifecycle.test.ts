import { describe, expect, test } from 'vitest';
import { type TaskState, taskStates, type VmState, vmStates } from '../objects/states.ts';
import { destinationOf, lifecycle, refusalOf, type Transition, type TransitionName } from './lifecycle.ts';

const anyTime = { from: vmStates, during: [null, ...taskStates] };

/** The documented states of each operation, repeated here independently of the code. */
const promised: Record<TransitionName, { from: readonly VmState[]; during: readonly (TaskState | null)[] }> = {
  boot: { from: ['building'], during: ['scheduling'] },
  start: { from: ['stopped'], during: [null] },
  // A server in error may still have a running guest.
  stop: { from: ['active', 'error'], during: [null] },
  rebootSoft: { from: ['active'], during: [null] },
  // A hard reboot recovers from stuck operations; power changes end by themselves.
  rebootHard: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    during: [null, 'rebooting', 'rebooting_hard', 'pausing', 'unpausing', 'suspending', 'resuming'],
  },
  pause: { from: ['active'], during: [null] },
  unpause: { from: ['paused'], during: [null] },
  suspend: { from: ['active'], during: [null] },
  resume: { from: ['suspended'], during: [null] },
  rebuild: { from: ['active', 'stopped', 'error'], during: [null] },
  evacuate: { from: ['active', 'stopped', 'error'], during: [null] },
  resize: { from: ['active', 'stopped'], during: [null] },
  confirmResize: { from: ['resized'], during: [null] },
  revertResize: { from: ['resized'], during: [null] },
  liveMigrate: { from: ['active', 'paused'], during: [null] },
  // It sets no task state, and starts only when no other operation runs.
  crashDump: { from: ['active', 'paused', 'rescued', 'resized', 'error'], during: [null] },
  attachInterface: { from: ['active', 'paused', 'stopped'], during: [null] },
  detachInterface: { from: ['active', 'paused', 'stopped'], during: [null] },
  attachVolume: { from: ['active', 'paused', 'stopped', 'shelved', 'shelved_offloaded'], during: [null] },
  detachVolume: { from: ['active', 'paused', 'stopped', 'shelved', 'shelved_offloaded'], during: [null] },
  growVolume: anyTime,
  updateVolumeAttachment: anyTime,
  createImage: { from: ['active', 'stopped', 'paused', 'suspended'], during: [null] },
  createBackup: { from: ['active', 'stopped', 'paused', 'suspended'], during: [null] },
  shelve: { from: ['active', 'stopped', 'paused', 'suspended'], during: [null] },
  shelveOffload: { from: ['shelved'], during: [null] },
  unshelve: { from: ['shelved', 'shelved_offloaded'], during: [null] },
  lock: anyTime,
  unlock: anyTime,
  resetState: anyTime,
  injectNetworkInfo: anyTime,
  resetNetwork: anyTime,
  consoleOutput: anyTime,
  diagnostics: anyTime,
  changePassword: { from: ['active'], during: [null] },
  delete: anyTime,
  rescue: { from: ['active', 'stopped', 'error'], during: [null] },
  unrescue: { from: ['rescued'], during: [null] },
  // Work that makes or moves the guest is not left half done: then the server is deleted for good.
  softDelete: {
    from: ['active', 'paused', 'suspended', 'stopped', 'rescued', 'error', 'soft-delete', 'shelved', 'shelved_offloaded'],
    during: [
      null,
      'rebooting',
      'rebooting_hard',
      'pausing',
      'unpausing',
      'suspending',
      'resuming',
      'powering-on',
      'powering-off',
      'rescuing',
      'unrescuing',
      'restoring',
      'updating_password',
    ],
  },
  restore: { from: ['soft-delete'], during: [null] },
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

test('two operations at once are impossible, but for a hard reboot and deletes, to which others give way', () => {
  const held = Object.values(lifecycle).flatMap(({ doing }) => doing ?? []);
  const takers = names.filter((name) => lifecycle[name].doing !== null);
  const takesOver = takers.filter((name) => vmStates.some((vmState) => held.some((taskState) => !refusalOf(name, { vmState, taskState }))));
  // A boot starts in the task state that the server was created with.
  expect(takesOver).toEqual(['boot', 'rebootHard', 'delete', 'softDelete']);
});

test('a locked server refuses its owner everything but being booted, looked at, copied, and what is about the lock itself', () => {
  const unlockable = [
    'boot',
    'evacuate',
    'growVolume',
    'createImage',
    'createBackup',
    'lock',
    'unlock',
    'resetState',
    'consoleOutput',
    'diagnostics',
  ];
  expect(names.filter((name) => !lifecycle[name].lockable)).toEqual(unlockable);
});

test('only booting, unshelving, deleting, restoring, volumes and changes of the record can do without a host', () => {
  const hostless = [
    'boot',
    'attachVolume',
    'detachVolume',
    'updateVolumeAttachment',
    'unshelve',
    'lock',
    'unlock',
    'resetState',
    'injectNetworkInfo',
    'resetNetwork',
    'delete',
    'softDelete',
    'restore',
  ];
  expect(names.filter((name) => !lifecycle[name].needsHost)).toEqual(hostless);
});

test('what fails leaves the server where it was, unless nobody could tell where that is', () => {
  const rows: [TransitionName, Transition][] = names.map((name) => [name, lifecycle[name]]);
  expect(rows.filter(([, { onFailure }]) => onFailure !== undefined).map(([name, { onFailure }]) => [name, onFailure])).toEqual([
    ['boot', 'error'],
    ['rebootHard', 'error'],
    ['rebuild', 'error'],
    ['evacuate', 'error'],
    ['delete', 'error'],
    ['rescue', 'error'],
    ['unrescue', 'error'],
    ['softDelete', 'error'],
  ]);
});

const leadsTo = (name: TransitionName, vmState: VmState) => destinationOf(lifecycle[name], { vmState });
const deletes: readonly TransitionName[] = ['delete', 'softDelete'];
const allowed = (vmState: VmState) => names.filter((name) => !deletes.includes(name) && !refusalOf(name, { vmState, taskState: null }));

test('every state that operations lead to can be left again, but for deleted', () => {
  const reached = new Set(
    vmStates.flatMap((vmState) => [...allowed(vmState), 'boot' as const, ...deletes].map((name) => leadsTo(name, vmState))),
  );
  const stuck = [...reached].filter((vmState) => allowed(vmState).every((name) => leadsTo(name, vmState) === vmState));
  // No operation leads to these states yet.
  const unused = ['building'];
  expect(stuck.filter((vmState) => !unused.includes(vmState))).toEqual(['deleted']);
});

test('a rebuilt server that was down is down again, any other is active', () => {
  expect((['stopped', 'active', 'error'] as const).map((vmState) => leadsTo('rebuild', vmState))).toEqual(['stopped', 'active', 'active']);
});

test('every task state belongs to an operation', () => {
  const rows: readonly Transition[] = Object.values(lifecycle);
  const held = new Set(rows.flatMap(({ doing, phases = [] }) => [doing, ...phases]));
  // A boot's steps report its phases.
  const ofBoot = ['networking', 'block_device_mapping', 'spawning'];
  expect(taskStates.filter((task) => !held.has(task) && !ofBoot.includes(task))).toEqual([]);
});
