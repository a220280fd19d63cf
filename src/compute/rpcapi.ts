import { type TSchema, Type as t } from '@sinclair/typebox';
import { type Call, type Client, call, cast, contract, type Task, task } from '../lib/rpc/contract.ts';
import { consoleDoor, consoleKind } from '../objects/console.ts';
import { fileOffer } from '../lib/handover/file-offer.ts';
import { quiesce } from '../objects/guest-agent.ts';
import { guestSpec, imageSource, MAX_IMAGES_TO_CACHE, movedGuest } from '../objects/guest-spec.ts';
import { observedGuest } from '../objects/host-report.ts';
import { rescueDevice } from '../objects/rescue-device.ts';
import { arrival, departure } from '../objects/live-migration.ts';
import { serverId, taskId } from '../objects/ids.ts';
import { vif } from '../objects/network-info.ts';
import { guestVolume } from '../objects/guest-volume.ts';
import { imageTarget } from '../objects/server-image.ts';
import { serverActions } from '../operations/actions/index.ts';
import { type HostActionName, hostActions, type QuestionName, questions } from '../operations/actions/kinds.ts';

/**
 * The version of this contract, so that conductors and hosts of different releases know what the other understands. It is raised with each
 * change of the golden file; a new message names in `since` the first version with it.
 */
export const COMPUTE_CONTRACT = 4;

/** Work on one server of the host, reported under `taskId` when it ends. */
const onServer = { taskId, serverId };

type Actions = typeof serverActions;
type PropertiesOf<T extends TSchema> = T extends { properties: infer P extends Record<string, TSchema> } ? P : Record<never, never>;

/** The messages of the server actions are derived from their declarations. */
type TaskMessages = { [K in HostActionName]: Task<typeof onServer & { input: Actions[K]['input'] }> };
type QuestionMessages = {
  [K in QuestionName]: Call<{ serverId: typeof serverId } & PropertiesOf<Actions[K]['input']>, 'host', Actions[K]['does']['returns']>;
};

// Object.fromEntries loses the keys' types; the mapped types above restore them.
const taskMessages = Object.fromEntries(
  hostActions.map(({ name, input, does }) => [name, task({ params: { ...onServer, input }, since: does.contractSince })]),
) as unknown as TaskMessages;

const questionMessages = Object.fromEntries(
  questions.map(({ name, input, does }) => [
    name,
    call({ to: 'host', params: { serverId, ...input['properties'] }, returns: does.returns, since: does.contractSince }),
  ]),
) as unknown as QuestionMessages;

/**
 * The messages to compute hosts. Work is sent as tasks and reported to the conductor under its task id, so that either side may restart
 * meanwhile; only questions are calls.
 */
export const computeRpc = contract(
  'compute',
  {
    ...taskMessages,
    ...questionMessages,
    spawn: task({ params: { taskId, guest: guestSpec } }),
    destroy: task({ params: onServer }),
    /** Offers the files of a guest that is off to the host that it moves to. The key is good for these files only. */
    offerGuest: call({ to: 'host', params: { serverId }, returns: fileOffer, timeoutMs: 60_000, since: 3 }),
    /** Makes the guest from the files of another host; does not start it. */
    receiveGuest: task({ params: { taskId, guest: movedGuest, offer: fileOffer }, since: 3 }),
    /** Gives a guest that is off another size on its host; what it was is kept until one of the next two. */
    resizeGuest: task({ params: { taskId, guest: movedGuest }, since: 3 }),
    confirmGuest: task({ params: onServer, since: 3 }),
    revertGuest: task({ params: onServer, since: 3 }),
    /** Plugs a network card into the server's guest; a no-op if it has it. */
    attachInterface: task({ params: { ...onServer, vif }, since: 3 }),
    /** Takes the network card with this address out of the server's guest; a no-op without one. */
    detachInterface: task({ params: { ...onServer, macAddress: t.String() }, since: 3 }),
    /** Plugs a volume into the server's guest; a no-op if it has it. */
    attachVolume: task({ params: { ...onServer, volume: guestVolume }, since: 4 }),
    /** Gives the server's guest these volumes and no others from its next start on. */
    setVolumes: task({ params: { ...onServer, volumes: t.Array(guestVolume) }, since: 4 }),
    /** Lets the server's guest have what was added to a volume. */
    growVolume: task({ params: { ...onServer, volume: guestVolume, bytes: t.Integer() }, since: 4 }),
    /** Takes a volume out of the server's guest; a no-op without it. */
    detachVolume: task({ params: { ...onServer, volumeId: t.String() }, since: 4 }),
    /** Compares the host's guests with the books, for work that has left one behind. */
    compareGuests: task({ params: { taskId }, since: 4 }),
    /** Fetches images into the host's cache, ahead of the guests that will need them. */
    cacheImages: task({ params: { taskId, sources: t.Array(imageSource, { maxItems: MAX_IMAGES_TO_CACHE }) }, since: 3 }),
    /** Boots the guest from the disk of `guest`, with its own disks beside it. */
    rescue: task({ params: { taskId, guest: guestSpec, device: t.Union([rescueDevice, t.Null()]) }, since: 3 }),
    /** Sets the password of a user in the running guest. */
    setAdminPassword: task({ params: { ...onServer, user: t.String(), password: t.String() }, since: 3 }),
    /** Copies the guest's disk into an image; the server gets these task states when the stages begin. */
    snapshot: task({
      params: {
        ...onServer,
        image: imageTarget,
        taskStates: t.Object({ copying: t.String(), uploading: t.String() }),
        quiesce: t.Optional(quiesce),
      },
      since: 3,
    }),
    /** What a running guest needs of a host that takes it in; fails if it cannot leave. */
    describeDeparture: call({ to: 'host', params: { serverId }, returns: departure, timeoutMs: 60_000, since: 3 }),
    /** Fails if a guest like this cannot run on the host. */
    checkArrival: call({ to: 'host', params: { departure }, returns: t.Null(), timeoutMs: 60_000, since: 3 }),
    /** Offers the images below the disks of a running guest. The key is good for these files only. */
    offerImages: call({ to: 'host', params: { serverId }, returns: fileOffer, timeoutMs: 60_000, since: 3 }),
    /** Prepares the host for a guest that comes running. */
    prepareArrival: task({ params: { taskId, guest: movedGuest, departure, offer: fileOffer }, reports: arrival, since: 3 }),
    /** Moves a running guest to the host that is prepared for it. */
    liveMigrate: task({ params: { taskId, guest: movedGuest, arrival }, since: 3 }),
    /** Lets a live migration end at once, at the cost of a pause. */
    hurryLiveMigration: call({ to: 'host', params: { serverId }, returns: t.Null(), timeoutMs: 60_000, since: 3 }),
    /** Ends a live migration that is still going on. Reports whether the guest is still on this host. */
    stayHere: task({ params: onServer, reports: t.Boolean(), since: 3 }),
    /** Whether a guest that comes running is here. */
    hasArrived: call({ to: 'host', params: { serverId }, returns: t.Boolean(), timeoutMs: 60_000, since: 3 }),
    /** The console log that a guest has left behind. */
    leftConsole: call({ to: 'host', params: { serverId }, returns: t.String(), timeoutMs: 60_000, since: 3 }),
    /** Makes a guest that has arrived one like all others of the host. */
    welcomeGuest: call({ to: 'host', params: { guest: movedGuest, console: t.String() }, returns: t.Null(), timeoutMs: 60_000, since: 3 }),
    /** Makes a key to a console of the guest, for one connection; fails if the guest has no such console now. */
    openConsole: call({ to: 'host', params: { serverId, kind: consoleKind }, returns: consoleDoor, since: 3 }),
    /** Stops a task whose result nobody waits for any more; it is not reported. */
    abortTask: cast({ to: 'host', params: { taskId }, since: 2 }),
    listGuests: call({ to: 'host', params: {}, returns: t.Array(observedGuest), timeoutMs: 10_000 }),
  },
  { number: COMPUTE_CONTRACT },
);

export type ComputeRpcApi = Client<typeof computeRpc>;
