import type { MarshalledError } from '../lib/errors/marshal.ts';
import { workflowRef } from '../lib/workflow/workflow.ts';
import type { TransitionName } from './lifecycle.ts';
import type { Flavor } from '../objects/flavor.ts';
import type { HostName, PortId, ServerId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { RequestedNetwork, RequestedNetworks } from '../objects/network-info.ts';
import type { ServerVolume, VolumeToMake } from '../objects/server-volume.ts';
import type { NewServerImage } from '../objects/server-image.ts';
import type { VmState } from '../objects/states.ts';

/** The workflows, by name and input: the compute API starts them and the conductor runs them. */

export interface BootServer {
  readonly serverId: ServerId;
  readonly requestedNetworks: RequestedNetworks;
  readonly requestedHost: HostName | null;
  /** Hosts on which earlier attempts failed. */
  readonly excludedHosts: readonly HostName[];
  /** Counts from 1. */
  readonly attemptNumber: number;
  /** Why the previous attempt failed, if there was one. */
  readonly earlierFailure?: MarshalledError;
  /** Volumes that its record lists and that are made for it. */
  readonly volumesToMake?: readonly VolumeToMake[];
}
export const bootServerRef = workflowRef<BootServer>('boot-server');

export interface PerformAction {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** The name of a server action. */
  readonly action: string;
  readonly transition: TransitionName;
  readonly input?: unknown;
  /** Earlier revisions stored the OpenStack body here instead of `input`. */
  readonly body?: unknown;
}
export const performActionRef = workflowRef<PerformAction>('server-action');

export interface RebuildServer {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** The previous image, which the server keeps if its host cannot run the new one. */
  readonly imageBefore: ImageMeta | null;
  /** Whether the image changes; then the host must be able to run the new one. */
  readonly isOtherImage: boolean;
  /** The boot volume that gets the data of the image. */
  readonly reimages?: { readonly volumeId: string; readonly attachmentId: string; readonly imageId: string };
}
export const rebuildServerRef = workflowRef<RebuildServer>('rebuild-server');

export interface ResizeServer {
  readonly serverId: ServerId;
  /** The record of the move. */
  readonly migrationId: string;
  /** The host that it leaves. */
  readonly host: HostName;
  /** Its new flavor; for a cold migration the present one. */
  readonly flavor: Flavor;
  /** Whether its guest was off, and stays off. */
  readonly wasStopped: boolean;
  readonly requestedHost: HostName | null;
  /** Hosts that it may not go to: its own, where the request or the configuration says so, and those of earlier attempts. */
  readonly excludedHosts: readonly HostName[];
  /** Counts from 1. */
  readonly attemptNumber: number;
}
export const resizeServerRef = workflowRef<ResizeServer>('resize-server');

export interface LiveMigrateServer {
  readonly serverId: ServerId;
  /** The record of the move. */
  readonly migrationId: string;
  /** The host that it leaves. */
  readonly host: HostName;
  readonly flavor: Flavor;
  readonly requestedHost: HostName | null;
  /** Whether the requested host is taken without asking the scheduler. */
  readonly isForced: boolean;
  /** Whether its disks are copied; null leaves that to the hosts. */
  readonly copiesDisks: boolean | null;
  /** Hosts that it may not go to: its own, and those of earlier attempts. */
  readonly excludedHosts: readonly HostName[];
  /** Counts from 1. */
  readonly attemptNumber: number;
  /** Why the previous attempt failed, if there was one. */
  readonly earlierFailure?: MarshalledError;
}
export const liveMigrateServerRef = workflowRef<LiveMigrateServer>('live-migrate-server');

/** The end of a resize or cold migration, one way or the other. */
export interface EndResize {
  readonly serverId: ServerId;
  readonly migrationId: string;
  /** The host that it left. */
  readonly source: HostName;
  /** The host that it is on. */
  readonly destination: HostName;
}
export const confirmResizeRef = workflowRef<EndResize & { readonly endsAs: 'active' | 'stopped' }>('confirm-resize');
export const revertResizeRef = workflowRef<EndResize & { readonly flavor: Flavor; readonly wasStopped: boolean }>('revert-resize');
export interface RescueServer {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** What it is booted from. */
  readonly image: ImageMeta;
}
export const rescueServerRef = workflowRef<RescueServer>('rescue-server');

export interface ChangePassword {
  readonly serverId: ServerId;
  readonly host: HostName;
}
export const changePasswordRef = workflowRef<ChangePassword>('change-password');

export interface SnapshotServer {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly image: NewServerImage;
  /** The operation: an image or a backup. */
  readonly transition: 'createImage' | 'createBackup';
  /** For a server that boots from a volume: the snapshots that the image lists, instead of a copy of its disk. */
  readonly snapshots?: readonly { readonly snapshotId: string; readonly volumeId: string }[];
  /** The type of a backup, and how many of the type are kept. */
  readonly rotation?: { readonly type: string; readonly keep: number };
}
export const snapshotServerRef = workflowRef<SnapshotServer>('snapshot-server');

export interface ShelveServer {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** The image that its disk becomes; null where its disk is a volume. */
  readonly image: NewServerImage | null;
  /** The server's state before. */
  readonly vmState: VmState;
}
export const shelveServerRef = workflowRef<ShelveServer>('shelve-server');

export interface OffloadServer {
  readonly serverId: ServerId;
  readonly host: HostName;
}
export const offloadServerRef = workflowRef<OffloadServer>('offload-server');

export interface UnshelveServer {
  readonly serverId: ServerId;
  /** The server's host, unless it has left it. */
  readonly host: HostName | null;
  /** The host to start it on. */
  readonly requestedHost: HostName | null;
}
export const unshelveServerRef = workflowRef<UnshelveServer>('unshelve-server');

export interface EvacuateServer {
  readonly serverId: ServerId;
  readonly migrationId: string;
  /** The host that died. */
  readonly host: HostName;
  readonly flavor: Flavor;
  readonly endsAs: 'active' | 'stopped';
  /** Whether its guest ran there. */
  readonly wasActive: boolean;
  readonly requestedHost: HostName | null;
  /** The host that died, and those of earlier attempts. */
  readonly excludedHosts: readonly HostName[];
  /** Counts from 1. */
  readonly attemptNumber: number;
}
export const evacuateServerRef = workflowRef<EvacuateServer>('evacuate-server');

/** A move that an administrator gave up by resetting the server's state: it stays where its record says. */
export interface AbandonMove {
  readonly serverId: ServerId;
}
export const abandonMoveRef = workflowRef<AbandonMove>('abandon-move');

export interface DeleteServer {
  readonly serverId: ServerId;
}
export const deleteServerRef = workflowRef<DeleteServer>('delete-server');

export interface AttachInterface {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** A port, or a network with the id that the new port on it gets. */
  readonly wanted: RequestedNetwork;
}
export const attachInterfaceRef = workflowRef<AttachInterface>('attach-interface');

export interface DetachInterface {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly portId: PortId;
  /** By which the guest's network card is found. */
  readonly macAddress: string;
}
export const detachInterfaceRef = workflowRef<DetachInterface>('detach-interface');
/** A volume of a server, to attach or to detach. */
export interface VolumeWork {
  readonly serverId: ServerId;
  /** Null if it has left its host. */
  readonly host: HostName | null;
  readonly volume: Pick<ServerVolume, 'volumeId' | 'attachmentId' | 'device'>;
}
export const attachVolumeRef = workflowRef<VolumeWork>('attach-volume');
export const detachVolumeRef = workflowRef<VolumeWork>('detach-volume');
/** A volume of a server that has grown. */
export interface GrowVolume {
  readonly serverId: ServerId;
  readonly volumeId: string;
}
export const growVolumeRef = workflowRef<GrowVolume>('grow-volume');
/** A volume of which a guest and its server's record disagree. */
export interface MendVolume {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly volumeId: string;
}
export const mendVolumeRef = workflowRef<MendVolume>('mend-volume');
/** Hosts that fetch images into their caches, one after the other. */
export interface CacheImages {
  /** The subject of the workflows that do this host by host. */
  readonly chain: string;
  /** The hosts that are left; the first one is next. */
  readonly hosts: readonly HostName[];
  readonly images: readonly ImageMeta[];
}
export const cacheImagesRef = workflowRef<CacheImages>('cache-images');
export interface SoftDeleteServer {
  readonly serverId: ServerId;
}
export const softDeleteServerRef = workflowRef<SoftDeleteServer>('soft-delete-server');

export interface RestoreServer {
  readonly serverId: ServerId;
}
export const restoreServerRef = workflowRef<RestoreServer>('restore-server');
