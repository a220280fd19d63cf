/** Events of servers -> notifications. */
import type { Notification, Telling } from './notification.ts';
import { exceptionObject } from './resource-objects.ts';
import { legacyAction, legacyExists, legacyRequest, legacyTask, legacyUpdate } from './server-legacy.ts';
import { actionObjects, failureOf, faultObject, serverOf, updateObject } from './server-objects.ts';
import { changes, operations } from './server-operations.ts';
import type { Operation, Part, Phase } from './server-parts.ts';
import { hostOf, unversioned, versioned } from './server-publishing.ts';
import { requestObject, taskObject } from './server-requests.ts';

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
    .filter(({ phase, ifOffloaded = false }) => !ifOffloaded || wasOffloaded(telling, phase))
    .flatMap((part) => [...versionedPart(telling, part), ...legacyPart(telling, part)]);

/** Whether the server was on no host when the operation began. */
const wasOffloaded = (telling: Telling, phase: Phase | undefined): boolean =>
  (phase === 'start' ? serverOf(telling) : telling.facts.before)?.vmState === 'shelved_offloaded';

function versionedPart(telling: Telling, { action, phase, object = 'action', from = 'nova-compute' }: Part): readonly Notification[] {
  const fault = phase === 'error' ? faultObject(telling) : null;
  return versioned(telling, {
    eventType: nameOf(object === 'request' ? 'scheduler' : 'instance', action, phase),
    from,
    isError: fault !== null,
    payload: () => (object === 'request' ? requestObject(telling) : actionObjects[object](telling, fault)),
  });
}

function legacyPart(telling: Telling, { action, phase, legacy, isLegacyPlain, object }: Part): readonly Notification[] {
  if (legacy === undefined) return [];
  if (object === 'request') return scheduling(telling, legacy, phase);
  return unversioned(telling, {
    eventType: nameOf('compute.instance', legacy, isLegacyPlain ? undefined : phase),
    from: `compute.${hostOf(telling)}`,
    isError: phase === 'error',
    payload: () => (action === 'exists' ? legacyExists(telling) : legacyAction(telling, phase, action === 'create')),
  });
}

const scheduling = (telling: Telling, legacy: string, phase: Phase | undefined): readonly Notification[] =>
  unversioned(telling, {
    eventType: nameOf('scheduler', legacy, phase),
    from: `scheduler.${telling.rules.host}`,
    isError: false,
    payload: () => ({ request_spec: legacyRequest(telling) }),
  });

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
