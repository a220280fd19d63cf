/** Images of servers: their record, their data, and the image that a shelved server is started from. */
import { findServer } from '../../../db/stores/servers/cached-servers.ts';
import { forgetShelved } from '../../../db/stores/servers/shelved.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { StepContext } from '../../../lib/workflow/step.ts';
import type { Quiesce } from '../../../objects/guest-agent.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { NewServerImage } from '../../../objects/server-image.ts';
import type { TaskState } from '../../../objects/states.ts';
import { ImageVanished } from '../../errors.ts';
import type { WorkflowDeps } from '../deps.ts';
import { type HostWorkDeps, workOnHost } from './work-on-host.ts';

interface CopiedDisk {
  readonly serverId: ServerId;
  readonly host: HostName;
  readonly image: NewServerImage;
  /** How the guest is quiesced, if it runs. */
  readonly quiesce?: Quiesce | undefined;
  /** The task states of the server while the host copies the disk and while it uploads the copy. */
  readonly taskStates: { readonly copying: TaskState; readonly uploading: TaskState };
}

/** Has the host fill the image with a copy of the server's disk. */
export async function copyDisk(
  deps: HostWorkDeps & Pick<WorkflowDeps, 'images' | 'compute'>,
  w: StepContext,
  { serverId, host, image, quiesce, taskStates }: CopiedDisk,
): Promise<void> {
  const progress = await deps.images.progressOf(image.id);
  // The report of an earlier attempt was lost.
  if (progress === 'whole') return;
  if (progress === 'gone') throw ImageVanished({ imageId: image.id });
  await workOnHost(deps, w, host, (taskId) =>
    // The pass is issued anew for each message, so that none is ever stored.
    deps.compute.snapshot(w.ctx, {
      host,
      taskId,
      serverId,
      image: deps.images.targetOf(image),
      taskStates,
      ...(quiesce && { quiesce }),
    }),
  );
}

/** Discards the image of a server that was shelved once the server has its guest again; a no-op if there is none. */
export async function discardShelvedImage(deps: Pick<WorkflowDeps, 'db' | 'images'>, ctx: Context, serverId: ServerId): Promise<void> {
  const server = await findServer(deps.db, serverId);
  if (!server?.shelved || server.host === null || server.vmState === 'shelved') return;
  const { imageId } = server.shelved;
  if (imageId !== null) await deps.images.discard(ctx, imageId);
  await forgetShelved(deps.db, { serverId, imageId });
}
