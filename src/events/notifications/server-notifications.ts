/** Events of servers -> notifications. An operation here is one event at its start and one at its end; Nova tells some of them in parts. */
import type { Notification, Telling } from './notification.ts';
import { exceptionObject } from './resource-objects.ts';
import { legacyAction, legacyTask, legacyUpdate } from './server-legacy.ts';
import { type ActionObject, actionObjects, failureOf, faultObject, serverOf, taskObject, updateObject } from './server-objects.ts';

type Phase = 'start' | 'end' | 'error';
type Source = 'nova-api' | 'nova-compute' | 'nova-conductor';

/** One notification of an event: `instance.<action>.<phase>` and, where it has an unversioned form, `compute.instance.<legacy>.<phase>`. */
interface Part {
  readonly action: string;
  /** None where it happens at once; then neither name ends with one. */
  readonly phase?: Phase;
  readonly legacy?: string;
  readonly object?: ActionObject;
  /** The service in whose name it is published; by default nova-compute on the server's host. */
  readonly from?: Source;
  /** For servers that have had a guest. */
  readonly ifLaunched?: boolean;
}

/** What an operation is told as, in order, and what Nova's conductor calls the work if it finds no host. */
interface Operation {
  readonly start: readonly Part[];
  readonly end: readonly Part[];
  readonly error?: readonly Part[];
  readonly task?: 'build_instances' | 'migrate_server' | 'rebuild_server';
}

type Named = Pick<Part, 'action' | 'legacy' | 'object' | 'ifLaunched'>;
const start = (part: Named): Part => ({ ...part, phase: 'start' });
const end = (part: Named): Part => ({ ...part, phase: 'end' });
const error = (part: Named): Part => ({ ...part, phase: 'error' });
const both = (part: Named): readonly Part[] => [start(part), end(part)];

/** An operation that is told as it is. */
const plain = (action: string, { legacy = action, object }: { legacy?: string; object?: ActionObject } = {}): Operation => {
  const part = { action, legacy, ...(object && { object }) };
  return { start: [start(part)], end: [end(part)] };
};

const withError = (operation: Operation): Operation => ({
  ...operation,
  error: operation.start.map((part) => error(part)),
});

/** Nova has no unversioned form of it. */
const versionedOnly = (action: string): Operation => ({ start: [start({ action })], end: [end({ action })] });

const prepare: Named = { action: 'resize_prep', legacy: 'resize.prep', object: 'resizePrep' };
const resize: Named = { action: 'resize', legacy: 'resize' };
const finish: Named = { action: 'resize_finish', legacy: 'finish_resize' };
const rebuild: Named = { action: 'rebuild', legacy: 'rebuild', object: 'rebuild' };
const scheduled: Part = { ...rebuild, action: 'rebuild_scheduled', legacy: 'rebuild.scheduled', from: 'nova-conductor' };
const remove: Named = { action: 'delete', legacy: 'delete' };
const shutDown: Named = { action: 'shutdown', legacy: 'shutdown', ifLaunched: true };
const snapshot: Operation = plain('snapshot', { object: 'snapshot' });
const afterMove: Named = { action: 'live_migration_post', legacy: 'live_migration._post' };
const afterMoveThere: Named = { action: 'live_migration_post_dest', legacy: 'live_migration.post.dest' };
const rollBack: Named = { action: 'live_migration_rollback', legacy: 'live_migration._rollback' };
const rollBackThere: Named = { action: 'live_migration_rollback_dest', legacy: 'live_migration.rollback.dest' };
const move: Operation = {
  start: [...both(prepare), start(resize)],
  end: [end(resize), ...both(finish)],
  error: [error(resize)],
  task: 'migrate_server',
};

/** What the operations in the log are told as. */
const operations: Readonly<Record<string, Operation>> = {
  create: { ...withError(plain('create', { object: 'create' })), task: 'build_instances' },
  delete: { start: [start(remove), start(shutDown)], end: [end(shutDown), end(remove)] },
  start: plain('power_on'),
  stop: plain('power_off'),
  reboot: withError(plain('reboot')),
  pause: plain('pause'),
  unpause: plain('unpause'),
  suspend: plain('suspend'),
  resume: plain('resume'),
  trigger_crash_dump: plain('trigger_crash_dump'),
  rebuild: { start: [scheduled, start(rebuild)], end: [end(rebuild)], error: [error(rebuild)], task: 'rebuild_server' },
  evacuate: {
    start: [{ action: 'evacuate', from: 'nova-api' }, scheduled, start(rebuild)],
    end: [end(rebuild)],
    error: [error(rebuild)],
    task: 'rebuild_server',
  },
  resize: move,
  migrate: move,
  confirmResize: plain('resize_confirm', { legacy: 'resize.confirm' }),
  revertResize: plain('resize_revert', { legacy: 'resize.revert' }),
  'live-migration': {
    start: both({ action: 'live_migration_pre', legacy: 'live_migration.pre' }),
    end: [start(afterMove), ...both(afterMoveThere), end(afterMove)],
    error: [start(rollBack), ...both(rollBackThere), end(rollBack)],
    task: 'migrate_server',
  },
  attach_interface: withError(versionedOnly('interface_attach')),
  detach_interface: versionedOnly('interface_detach'),
  softDelete: plain('soft_delete'),
  restore: plain('restore'),
  rescue: plain('rescue', { object: 'rescue' }),
  unrescue: plain('unrescue'),
  createImage: snapshot,
  createBackup: snapshot,
  shelve: plain('shelve'),
  shelveOffload: plain('shelve_offload'),
  unshelve: plain('unshelve'),
};

/** Changes at once that Nova tells by a name of their own. */
const changes: Readonly<Record<string, readonly Part[]>> = {
  lock: [{ action: 'lock', from: 'nova-api' }],
  unlock: [{ action: 'unlock', from: 'nova-api' }],
  live_migration_cancel: both({ action: 'live_migration_abort', legacy: 'live.migration.abort' }),
  live_migration_force_complete: both({ action: 'live_migration_force_complete', legacy: 'live.migration.force.complete' }),
};

/** Changes that are told as updates whatever the configuration says. */
const TAGS = new Set(['updateTags', 'updateTag', 'deleteTags', 'deleteTag']);
/** Changes of a record; as Nova's, they are told as updates only if changes of states are told. */
const EDITS = new Set(['update', 'updateMetadata', 'deleteMetadata']);

/** The notifications of an event `server.<name>` or `server.<name>.<phase>`. */
export function serverNotifications(telling: Telling): readonly Notification[] {
  const [, name = '', phase] = telling.event.type.split('.');
  const update = isUpdate(telling, name) ? updateNotifications(telling, TAGS.has(name)) : [];
  if (phase !== 'start' && phase !== 'end' && phase !== 'error') return [...update, ...partsOf(telling, changes[name] ?? [])];
  const operation = operations[name];
  const parts = partsOf(telling, operation?.[phase] ?? []);
  return phase === 'error' ? [...update, ...parts, ...failureNotifications(telling, operation?.task)] : [...update, ...parts];
}

function isUpdate({ event, facts: { before }, rules: { stateChanges } }: Telling, name: string): boolean {
  if (TAGS.has(name)) return true;
  if (stateChanges === undefined) return false;
  if (EDITS.has(name)) return true;
  const { vmState, taskState } = serverOf({ event });
  if (!before) return false;
  return before.vmState !== vmState || (stateChanges === 'vm_and_task_state' && before.taskState !== taskState);
}

const partsOf = (telling: Telling, parts: readonly Part[]): readonly Notification[] =>
  parts
    .filter(({ ifLaunched = false }) => !ifLaunched || serverOf(telling).launchedAt !== null)
    .flatMap((part) => [...versionedPart(telling, part), ...legacyPart(telling, part)]);

function versionedPart(telling: Telling, { action, phase, object = 'action', from = 'nova-compute' }: Part): readonly Notification[] {
  const fault = phase === 'error' ? faultObject(telling) : null;
  return versioned(telling, {
    eventType: nameOf('instance', action, phase),
    from,
    isError: fault !== null,
    payload: () => actionObjects[object](telling, fault),
  });
}

function legacyPart(telling: Telling, { action, phase, legacy }: Part): readonly Notification[] {
  if (legacy === undefined) return [];
  return unversioned(telling, {
    eventType: nameOf('compute.instance', legacy, phase),
    from: `compute.${hostOf(telling)}`,
    isError: phase === 'error',
    payload: () => legacyAction(telling, phase, action === 'create'),
  });
}

const nameOf = (what: string, action: string, phase: Phase | undefined): string => [what, action, ...(phase ? [phase] : [])].join('.');

const updateNotifications = (telling: Telling, byApi: boolean): readonly Notification[] => [
  ...versioned(telling, {
    eventType: 'instance.update',
    from: byApi ? 'nova-api' : 'nova-compute',
    isError: false,
    payload: () => updateObject(telling),
  }),
  ...unversioned(telling, {
    eventType: 'compute.instance.update',
    from: byApi ? `api.${telling.rules.host}` : `compute.${hostOf(telling)}`,
    isError: false,
    payload: () => legacyUpdate(telling),
  }),
];

/** The errors that mean that no host could take the server. */
const NO_HOST = new Set(['NoValidHost', 'HostsTaken', 'GroupHostsTaken']);

/** Every failure is an exception; one of finding a host is also told by the conductor. */
function failureNotifications(telling: Telling, task: Operation['task']): readonly Notification[] {
  const failure = failureOf(telling);
  const isError = true;
  const exception = versioned(telling, {
    eventType: 'compute.exception',
    from: 'nova-compute',
    isError,
    payload: () => exceptionObject(failure),
  });
  if (!task || !NO_HOST.has(failure.error)) return exception;
  return [
    ...versioned(telling, {
      eventType: `compute_task.${task}.error`,
      from: 'nova-conductor',
      isError,
      payload: () => taskObject(telling),
    }),
    ...unversioned(telling, {
      eventType: `compute_task.${task}`,
      from: `compute_task.${telling.rules.host}`,
      isError,
      payload: () => legacyTask(telling, task),
    }),
  ];
}

interface Built {
  readonly eventType: string;
  readonly from: string;
  readonly isError: boolean;
  readonly payload: () => object;
}

const hostOf = (telling: Telling): string => serverOf(telling).host ?? telling.rules.host;

const versioned = (telling: Telling, { eventType, from, isError, payload }: Built): readonly Notification[] => {
  const { formats, level, host } = telling.rules;
  if (!formats.includes('versioned')) return [];
  const publisherId = `${from}:${from === 'nova-compute' ? hostOf(telling) : host}`;
  return [{ format: 'versioned', eventType, priority: isError ? 'ERROR' : level, publisherId, payload: payload() }];
};

const unversioned = ({ rules: { formats, level } }: Telling, { eventType, from, isError, payload }: Built): readonly Notification[] =>
  formats.includes('unversioned')
    ? [{ format: 'unversioned', eventType, priority: isError ? 'ERROR' : level, publisherId: from, payload: payload() }]
    : [];
