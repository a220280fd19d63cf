import type { ConductorApi } from '../../conductor/api.ts';
import { bootServerRef } from '../../operations/workflows.ts';
import type { Changing } from '../../db/change.ts';
import { insertBoot } from '../../db/stores/servers/beginning.ts';
import type { InWhole, WholeDb } from '../../db/sql/queries.ts';
import { isPromised } from '../../db/stores/servers/volumes.ts';
import { findServers, type NewServer } from '../../db/stores/servers/servers.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import { asId, type ServerId } from '../../objects/ids.ts';
import type { Server } from '../../objects/server.ts';
import { checkMetadataItems, checkQuota, QuotaExceeded } from '../../quota/check.ts';
import type { QuotaOwner } from '../../quota/limits.ts';
import type { QuotaLimits } from '../../quota/resources.ts';
import { joinServerGroup } from '../../db/stores/groups/group-members.ts';
import { findServerGroup } from '../../db/stores/groups/server-groups.ts';
import { serverGroupAddMember } from '../../events/compute.ts';
import { hintedGroup } from '../groups/hinted-group.ts';
import { VolumePromised } from './devices/block-device.ts';
import { listVolumes } from './devices/listed-volumes.ts';
import { checkFiles } from './injected-files.ts';
import { wantsConfigDrive } from './boot-image.ts';
import { hostnameOf, nameOf } from './boot-request.ts';
import { type ResolvedBoot, usageOfBoots } from './resolve-boot.ts';
import { rootDevice } from './volume-device.ts';

interface Deps {
  readonly guestNameTemplate: string;
  readonly conductor: Pick<ConductorApi, 'write'>;
  readonly quotaLimits: QuotaLimits;
  readonly ids: Ids;
  /** Whether every server gets a config drive (`force_config_drive`). */
  readonly forcesConfigDrive: boolean;
}

/** A stored server, and the workflow that will build it unless a retry found it stored. */
interface Booted {
  readonly server: Server;
  readonly workflowId: string | undefined;
}

/** What a retried boot remembers: the ids of its servers. */
export const bootMemory = {
  keep: (booted: readonly Booted[]): readonly ServerId[] => booted.map(({ server }) => server.id),
  recall: async (ids: readonly ServerId[], { trx }: Changing<WholeDb>): Promise<readonly Booted[]> =>
    (await findServers(trx, ids)).map((server) => ({ server, workflowId: undefined })),
};

/** Stores servers and the workflows that build them: as many as asked for or, if the quota has no room for all, as fit. */
export async function writeBoots(
  { trx, tell }: Changing<WholeDb>,
  deps: Deps,
  ctx: Context,
  boot: ResolvedBoot & { readonly adminPassword: string },
): Promise<readonly Booted[]> {
  const { ids, quotaLimits } = deps;
  const owner = { projectId: ctx.projectId ?? '', ...(ctx.userId === null ? {} : { userId: ctx.userId }) };
  await checkMetadataItems(trx, owner, Object.keys(boot.request.metadata).length, quotaLimits);
  await checkFiles(trx, owner, boot.request.files, quotaLimits);
  const count = await roomFor(trx, owner, boot, quotaLimits);
  await refusePromised(trx, boot.volumes);
  const group = await hintedGroup(trx, owner, { hints: boot.request.schedulerHints, servers: count, limits: quotaLimits });
  const reservationId = `r-${ids.hex(4)}`;
  const booted: Booted[] = [];
  for (let index = 0; index < count; index += 1) booted.push(await writeBoot(trx, deps, ctx, boot, { index, count, reservationId }));
  if (group !== undefined) {
    const members = booted.map(({ server }) => server.id);
    await joinServerGroup(trx, group, members);
    const joined = await findServerGroup(trx, group);
    if (joined) tell(serverGroupAddMember(joined));
  }
  return booted;
}

/** The volume service learns only later that a new server takes a volume; until then its record tells. */
async function refusePromised(trx: InWhole, volumes: ResolvedBoot['volumes']): Promise<void> {
  for (const { from } of volumes)
    if ('volumeId' in from && !from.isMultiattach && (await isPromised(trx, from.volumeId))) throw VolumePromised(from);
}

/** How many servers the quota has room for; throws QuotaExceeded if that is too few. */
async function roomFor(trx: InWhole, owner: QuotaOwner, boot: ResolvedBoot, limits: QuotaLimits): Promise<number> {
  const { minCount, maxCount } = boot.request;
  for (let count = maxCount; ; ) {
    try {
      await checkQuota(trx, owner, usageOfBoots(boot, count), limits);
      return count;
    } catch (error) {
      if (!QuotaExceeded.is(error)) throw error;
      const fitting = error.params.over.map(({ requested, used, limit }) => Math.floor((limit - used) / (requested / count)));
      const fewer = Math.min(...fitting, count - 1);
      if (fewer < minCount) throw error;
      count = fewer;
    }
  }
}

async function writeBoot(
  trx: InWhole,
  { ids, conductor, guestNameTemplate, forcesConfigDrive }: Deps,
  ctx: Context,
  boot: ResolvedBoot & { readonly adminPassword: string },
  which: { readonly index: number; readonly count: number; readonly reservationId: string },
): Promise<Booted> {
  const { request } = boot;
  const id = asId<ServerId>(ids.uuid());
  const workflowId = ids.uuid();
  const { volumes, toMake } = listVolumes(ids, { ...boot, id }, boot.volumes);
  const record = newServer(ctx, boot, { ...which, id, guestNameTemplate, forcesConfigDrive });
  const server = await insertBoot(trx, ctx, { ...record, ...(volumes.length > 0 && { volumes }) }, workflowId);
  const input = {
    serverId: id,
    requestedNetworks: request.networks,
    requestedHost: request.requestedHost,
    excludedHosts: [],
    attemptNumber: 1,
    ...(toMake.length > 0 && { volumesToMake: toMake }),
  };
  await conductor.write(trx, bootServerRef, { id: workflowId, subject: id, ctx, input });
  return { server, workflowId };
}

interface Which {
  readonly id: ServerId;
  readonly index: number;
  readonly count: number;
  readonly reservationId: string;
  readonly guestNameTemplate: string;
  readonly forcesConfigDrive: boolean;
}

function newServer(
  ctx: Context,
  boot: ResolvedBoot & { readonly adminPassword: string },
  { id, index, count, forcesConfigDrive, ...given }: Which,
): NewServer {
  const { request, flavor, image, publicKey, adminPassword } = boot;
  const name = nameOf(request.name, { index, count });
  const configDrive = request.configDrive || forcesConfigDrive || wantsConfigDrive(image);
  return {
    ...request,
    id,
    projectId: ctx.projectId ?? '',
    userId: ctx.userId ?? '',
    name,
    hostname: request.hostname ?? hostnameOf(name, id),
    requestedZone: request.zone,
    flavor,
    image,
    publicKey,
    ...given,
    launchIndex: index,
    rootDeviceName: boot.volumes.some(({ bootIndex }) => bootIndex === 0) ? rootDevice(image) : '/dev/vda',
    configDrive,
    // Guests are told their password by their config drive alone.
    ...(configDrive ? { adminPassword } : {}),
    creator: { userName: ctx.userName, projectName: ctx.projectName, roles: ctx.roles },
  };
}
