import { findFlavor, flavorNumber } from '../../../db/stores/flavors/flavors.ts';
import { findService } from '../../../db/stores/hosts/services.ts';
import { hostOf } from '../may-begin.ts';
import { insertMigration } from '../../../db/stores/moves/migrations.ts';
import type { WholeDb } from '../../../db/sql/queries.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { Context } from '../../../lib/context/context.ts';
import type { Flavor } from '../../../objects/flavor.ts';
import { asId, type HostName } from '../../../objects/ids.ts';
import type { MigrationType, NumberedFlavor } from '../../../objects/migration.ts';
import type { Server } from '../../../objects/server.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import type { ResizeServer } from '../../../operations/workflows.ts';
import type { Policy } from '../../../policy/policy.ts';
import { checkGrowth } from '../../../quota/check.ts';
import type { QuotaLimits } from '../../../quota/resources.ts';
import { FlavorUnchanged, ResizeDown, ResizeToZeroDisk, SameHost, UnknownFlavor, UnknownHost } from '../errors.ts';
import type { DeviceAliases } from '../../../objects/pci/device-request.ts';
import { checkHardware, withDevices } from '../guest-hardware.ts';
import { checkDevices } from '../missing-devices.ts';
import { checkSizes } from '../image-sizes.ts';
import type { Prepare, Prepared } from './preparers.ts';

export interface ResizeDeps {
  readonly db: WholeDb;
  readonly policy: Policy;
  readonly quotaLimits: QuotaLimits;
  readonly ids: Ids;
  /** Whether a resize may leave the server on its host (`allow_resize_to_same_host`). */
  readonly mayStay: boolean;
  readonly deviceAliases: DeviceAliases;
}

/** Resolves the new flavor of a server, and refuses what is known to be impossible. */
export const prepareResize =
  (deps: ResizeDeps): Prepare<'resize'> =>
  async (ctx, server, asked) => {
    const found = await findFlavor(deps.db, asked.flavorId, ctx.isAdmin ? null : (ctx.projectId ?? ''));
    if (!found || found.disabled) throw UnknownFlavor({ id: asked.flavorId });
    const flavor = withDevices(found, server.image, deps.deviceAliases);
    if (flavor.id === server.flavor.id) throw FlavorUnchanged({});
    const isVolumeBacked = rootVolumeOf(server) !== undefined;
    if (flavor.rootGb === 0 && server.flavor.rootGb !== 0 && !isVolumeBacked) throw ResizeToZeroDisk({});
    if (isSmaller(flavor, server.flavor, { isVolumeBacked })) throw ResizeDown({});
    checkDevices(flavor);
    if (server.image) {
      checkSizes(flavor, server.image, { isVolumeBacked });
      checkHardware(flavor, server.image);
    }
    return await moveOf(deps, ctx, server, {
      type: 'resize',
      flavor,
      requestedHost: null,
      maySameHost: deps.mayStay,
      details: asked.diskConfig === undefined ? {} : { disk_config: asked.diskConfig },
    });
  };

/** Resolves the host that a cold migration names. */
export const prepareMigrate =
  (deps: ResizeDeps): Prepare<'migrate'> =>
  async (ctx, server, { host }) => {
    if (host !== null) {
      deps.policy.check(ctx, 'os_compute_api:os-migrate-server:migrate:host', { project_id: server.projectId, user_id: server.userId });
      if (host === server.host) throw SameHost({});
    }
    const requestedHost = host === null ? null : await knownHost(deps.db, host);
    return await moveOf(deps, ctx, server, { type: 'migration', flavor: server.flavor, requestedHost, maySameHost: false, details: {} });
  };

interface Wanted {
  readonly type: MigrationType;
  readonly flavor: Flavor;
  readonly requestedHost: HostName | null;
  readonly maySameHost: boolean;
  readonly details: Prepared<ResizeServer>['details'];
}

async function moveOf({ db, ids, quotaLimits }: ResizeDeps, ctx: Context, server: Server, wanted: Wanted): Promise<Prepared<ResizeServer>> {
  const { type, flavor, requestedHost, maySameHost, details } = wanted;
  const [before, after] = [await numbered(db, server.flavor), await numbered(db, flavor)];
  const migrationId = ids.uuid();
  return {
    details,
    check: (trx, locked) => checkGrowth(trx, locked, flavor, quotaLimits),
    write: (trx, locked, host) =>
      insertMigration(trx, {
        id: migrationId,
        serverId: locked.id,
        type,
        status: 'pre-migrating',
        source: { host, node: locked.node ?? host },
        before,
        after,
        wasStopped: locked.vmState === 'stopped',
        userId: ctx.userId,
        projectId: ctx.projectId,
      }),
    workOf: (locked) => ({
      serverId: locked.id,
      migrationId,
      host: hostOf(locked),
      flavor,
      wasStopped: locked.vmState === 'stopped',
      requestedHost,
      excludedHosts: maySameHost ? [] : [hostOf(locked)],
      attemptNumber: 1,
    }),
  };
}

/** A flavor with its number; a deleted one has none any more. */
export const numbered = async (db: WholeDb, flavor: Flavor): Promise<NumberedFlavor> => ({
  flavor,
  number: (await flavorNumber(db, flavor.id)) ?? 0,
});

const isSmaller = (after: Flavor, before: Flavor, { isVolumeBacked }: { readonly isVolumeBacked: boolean }): boolean =>
  (!isVolumeBacked && after.rootGb !== 0 && after.rootGb < before.rootGb) || after.ephemeralGb < before.ephemeralGb;

export async function knownHost(db: WholeDb, name: string): Promise<HostName> {
  const known = await findComputeHost(db, name);
  if (!known) throw UnknownHost({ host: name });
  return known;
}

/** The compute host of this name, if there is one. */
export async function findComputeHost(db: WholeDb, name: string): Promise<HostName | undefined> {
  const known = await findService(db, { binary: 'nova-compute', host: name });
  return known && asId<HostName>(known.host);
}
