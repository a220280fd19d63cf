import { Type as t } from '@sinclair/typebox';
import { type Client, call, cast, contract, task } from '../lib/rpc/contract.ts';
import { taskId } from '../objects/ids.ts';
import { imageTarget } from '../objects/server-image.ts';
import { backupSource, keptBackup } from '../objects/volume-backup.ts';
import { connection } from '../objects/volume-connection.ts';
import { volumeSpec, wantedExport } from '../objects/volume-host.ts';

/** Work on one volume of the host, reported under `taskId` when it ends. */
const onVolume = { taskId, volumeId: t.String() };

/** How long a connection may take to be made or ended. */
const CONNECT_TIMEOUT_MS = 60_000;

/**
 * The messages to volume hosts, which are addressed as `host@backend`. Work is sent as tasks and reported to the conductor under its task
 * id, so that either side may restart meanwhile; connections are calls, since somebody waits for them, and both are safe to repeat.
 */
export const volumeRpc = contract('volume', {
  createVolume: task({ params: { taskId, volume: volumeSpec } }),
  /** Deletes a volume's data with that of some of its snapshots; a no-op for what is not there. */
  deleteVolume: task({ params: { ...onVolume, snapshotIds: t.Array(t.String()) } }),
  extendVolume: task({ params: { ...onVolume, sizeGb: t.Integer({ minimum: 1 }) } }),
  /** Replaces a volume's data; its size stays. */
  rewriteVolume: task({ params: { taskId, volume: volumeSpec } }),
  createSnapshot: task({ params: { ...onVolume, snapshotId: t.String() } }),
  deleteSnapshot: task({ params: { ...onVolume, snapshotId: t.String() } }),
  /** Sends a volume's data to the image service. */
  uploadVolume: task({ params: { ...onVolume, image: imageTarget } }),
  /** Copies a volume's data, or that of a snapshot of it, into the host's store of backups. */
  createBackup: task({ params: { ...onVolume, dataId: t.String(), source: backupSource }, reports: keptBackup }),
  /** Looks at what the store has under an id. */
  findBackup: task({ params: { ...onVolume, dataId: t.String() }, reports: keptBackup }),
  deleteBackup: task({ params: { ...onVolume, dataId: t.String() } }),
  /** Offers a volume's data to a host; repeated, it answers the same, unless the volume has grown. */
  connect: call({ to: 'host', params: { wanted: wantedExport }, returns: connection, timeoutMs: CONNECT_TIMEOUT_MS }),
  /** Ends the smaller offers that were made before the volume grew: the guest does not use them any more. */
  settle: call({
    to: 'host',
    params: { volumeId: t.String(), attachmentId: t.String() },
    returns: t.Null(),
    timeoutMs: CONNECT_TIMEOUT_MS,
  }),
  /** Ends that; a no-op without a connection. */
  disconnect: call({
    to: 'host',
    params: { volumeId: t.String(), attachmentId: t.String() },
    returns: t.Null(),
    timeoutMs: CONNECT_TIMEOUT_MS,
  }),
  /** Stops a task whose result nobody waits for any more; it is not reported. */
  abortTask: cast({ to: 'host', params: { taskId } }),
});

export type VolumeRpcApi = Client<typeof volumeRpc>;
