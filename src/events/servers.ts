/** Events of servers. Work that takes time has a start and an end event; a change of the record is one event. */
import { type Static, Type as t } from '@sinclair/typebox';
import { listedFlavor as flavor } from '../objects/flavor.ts';
import { hostName, serverId } from '../objects/ids.ts';
import { imageMeta } from '../objects/image.ts';
import { networkInfo } from '../objects/network-info.ts';
import { serverVolume } from '../objects/server-volume.ts';
import type { PowerState, TaskState, VmState } from '../objects/states.ts';
import { serverActions } from '../operations/actions/index.ts';
import type { ServerAction } from '../operations/actions/server-action.ts';
import { invariant } from '../lib/errors/invariant.ts';
import { type EventType, eventType, operation, orNull, snapshot, time, word } from './event-type.ts';

/** A server without what only its guest may know (keys, user data, injected files) and without the fault's details, which name hosts. */
export const serverSnapshot = t.Object({
  id: serverId,
  number: t.Integer(),
  guestNameTemplate: t.String(),
  projectId: t.String(),
  userId: t.String(),
  name: t.String(),
  description: orNull(t.String()),
  hostname: t.String(),
  vmState: word<VmState>(),
  taskState: orNull(word<TaskState>()),
  powerState: word<PowerState>(),
  host: orNull(hostName),
  node: orNull(t.String()),
  requestedZone: orNull(t.String()),
  zone: orNull(t.String()),
  flavor,
  image: orNull(imageMeta),
  keyName: orNull(t.String()),
  metadata: t.Record(t.String(), t.String()),
  tags: t.Array(t.String()),
  trustedCertificates: orNull(t.Array(t.String())),
  schedulerHints: t.Record(t.String(), t.Unknown()),
  securityGroups: t.Array(t.String()),
  networkInfo,
  /** Absent in the events of earlier releases. */
  volumes: t.Optional(t.Array(serverVolume)),
  configDrive: t.Boolean(),
  diskConfig: word<'AUTO' | 'MANUAL'>(),
  accessIpV4: orNull(t.String()),
  accessIpV6: orNull(t.String()),
  progress: t.Integer(),
  lockedBy: orNull(word<'owner' | 'admin'>()),
  lockedReason: orNull(t.String()),
  reservationId: t.String(),
  launchIndex: t.Integer(),
  /** `error` is the name of the error, where the failure has one. */
  fault: orNull(t.Object({ code: t.Integer(), message: t.String(), error: t.Optional(orNull(t.String())) })),
  createdAt: time(),
  updatedAt: time(),
  launchedAt: orNull(time()),
  terminatedAt: orNull(time()),
});

/** What begins, in the start event of an operation: the image that it makes or boots from, the size that the server gets, the volume that comes or goes. */
export const begunWork = t.Object({ imageId: t.Optional(t.String()), flavor: t.Optional(flavor), volumeId: t.Optional(t.String()) });
export type BegunWork = Static<typeof begunWork>;

/** A server in events, which at the start of an operation say what begins. */
export const shownServer = t.Composite([serverSnapshot, t.Object({ work: t.Optional(begunWork) })]);
export type ShownServer = Static<typeof shownServer>;

const server = snapshot(shownServer, { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId });

/** The names of the actions of these kinds. A question changes nothing, so it has no event. */
const namesOf = (...ways: readonly string[]): readonly string[] =>
  Object.entries<unknown>(serverActions).flatMap(([name, action]) =>
    // Seam: the table's rows differ in their types; all of them are actions.
    ways.some((way) => way in (action as ServerAction).does) ? [name] : [],
  );

/** Written by the statements in db/stores/servers that change the server. */
export const serverCreate = operation('server.create', server);
export const serverDelete = operation('server.delete', server);
export const serverActionEvents = [...namesOf('onHost', 'workflow').filter((name) => name !== 'delete'), 'softDelete'].map((name) =>
  operation(`server.${name}`, server),
);

/** Work on a server's ports, which has routes of its own. */
export const serverInterfaceEvents = ['attach_interface', 'detach_interface'].map((name) => operation(`server.${name}`, server));

/** Work on a server's volumes, likewise. */
export const serverVolumeEvents = ['attach_volume', 'detach_volume', 'extend_volume'].map((name) => operation(`server.${name}`, server));

/** The end of work without an action of a user, which has no name of its own. */
export const serverWorkEnd = eventType('server.work.end', server);
export const serverWorkError = eventType('server.work.error', server);

/** What is asked of a live migration while it runs; named as in os-instance-actions. */
export const serverMoveEvents = {
  cancel: eventType('server.live_migration_cancel', server),
  forceComplete: eventType('server.live_migration_force_complete', server),
};

/** Immediate changes of a server's record: an owner's edits, what its guest posts, and the actions declared as such. */
const edits = [
  'update',
  'updateMetadata',
  'deleteMetadata',
  'updateTags',
  'updateTag',
  'deleteTags',
  'deleteTag',
  'postPassword',
  'clearPassword',
  'updateVolumeAttachment',
];
export const serverChanges = [...edits, ...namesOf('onRecord')].map((name) => eventType(`server.${name}`, server));

/** The event type of a change of the record. */
export function serverChange(name: string): EventType<typeof shownServer> {
  const type = serverChanges.find((one) => one.type === `server.${name}`);
  invariant(type, 'every change of a record is declared');
  return type;
}

/** At the end of a period of usage audits: what a server was in it. */
export const serverExists = eventType(
  'server.exists',
  snapshot(t.Composite([serverSnapshot, t.Object({ period: t.Object({ begin: time(), end: time() }) })]), {
    subjectOf: ({ id }) => id,
    projectOf: ({ projectId }) => projectId,
  }),
);

/** The hypervisor reported another power state of the guest. */
export const serverCorrectPower = eventType('server.correctPower', server);
