import type { MarshalledError } from '../lib/errors/marshal.ts';
import { workflowRef } from '../lib/workflow/workflow.ts';
import type { TransitionName } from './lifecycle.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';

/** The workflows on servers, by name and input: the compute API starts them and the conductor runs them. */

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
}
export const rebuildServerRef = workflowRef<RebuildServer>('rebuild-server');

export interface DeleteServer {
  readonly serverId: ServerId;
}
export const deleteServerRef = workflowRef<DeleteServer>('delete-server');
