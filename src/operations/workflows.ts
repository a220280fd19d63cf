import type { MarshalledError } from '../lib/errors/marshal.ts';
import { workflowRef } from '../lib/workflow/workflow.ts';
import type { TransitionName } from './lifecycle.ts';
import type { HostName, ServerId } from '../objects/ids.ts';
import type { ImageMeta } from '../objects/image.ts';
import type { RequestedNetworks } from '../objects/network-info.ts';

/** Everything that is done to servers in several steps, by name and input: what the compute API starts and the conductor carries out. */

export interface BootServer {
  readonly serverId: ServerId;
  readonly requestedNetworks: RequestedNetworks;
  readonly requestedHost: HostName | null;
  /** Hosts where an earlier attempt failed. */
  readonly excludedHosts: readonly HostName[];
  /** Counts from 1. */
  readonly attemptNumber: number;
  /** Why the attempt before failed, if there was one. */
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
  /** What revisions before wrote in place of `input`: the body of the OpenStack API. */
  readonly body?: unknown;
}
export const performActionRef = workflowRef<PerformAction>('server-action');

export interface RebuildServer {
  readonly serverId: ServerId;
  readonly host: HostName;
  /** The image before: a host that cannot take the new one leaves the server with this. */
  readonly imageBefore: ImageMeta | null;
  /** Whether the image is another one, which the host must be able to run. */
  readonly isOtherImage: boolean;
}
export const rebuildServerRef = workflowRef<RebuildServer>('rebuild-server');

export interface DeleteServer {
  readonly serverId: ServerId;
}
export const deleteServerRef = workflowRef<DeleteServer>('delete-server');
