import { flavorNumber } from '../../../db/stores/flavors/flavors.ts';
import { insertMigration } from '../../../db/stores/moves/migrations.ts';
import type { WholeDb } from '../../../db/sql/queries.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import type { ServiceGroup } from '../../../servicegroup/api.ts';
import { EvacuatedToItself, EvacuationHostUnknown, HostInUse, PasswordOnSharedStorage, ServerNotReady, UnforcedHost } from '../errors.ts';
import { checkNoTpm } from '../guest-hardware.ts';
import { generatedPassword } from '../generated-password.ts';
import type { Prepare } from './preparers.ts';
import { findComputeHost } from './resize.ts';

export interface EvacuateDeps {
  readonly db: WholeDb;
  readonly ids: Ids;
  readonly group: Pick<ServiceGroup, 'isUp'>;
}

/** Resolves the host that an evacuation names, and refuses one from a host that is alive. */
export const prepareEvacuate =
  ({ db, ids, group }: EvacuateDeps): Prepare<'evacuate'> =>
  async (ctx, server, { host: wanted, isForced, onSharedStorage, adminPassword, staysStopped }) => {
    checkNoTpm(server, 'evacuate');
    const { host: source } = server;
    if (source === null) throw ServerNotReady({ id: server.id });
    if (isForced && wanted === null) throw UnforcedHost({});
    if (onSharedStorage && adminPassword !== undefined) throw PasswordOnSharedStorage({});
    if (wanted === source) throw EvacuatedToItself({});
    const requestedHost = wanted === null ? null : ((await findComputeHost(db, wanted)) ?? null);
    if (wanted !== null && requestedHost === null) throw EvacuationHostUnknown({ host: wanted });
    if (await group.isUp({ binary: 'nova-compute', host: source })) throw HostInUse({ host: source });
    const migrationId = ids.uuid();
    const size = { flavor: server.flavor, number: (await flavorNumber(db, server.flavor.id)) ?? 0 };
    const password = adminPassword ?? (await generatedPassword({ db, ids }, ctx));
    return {
      // A guest that is made anew reads its password on its config drive.
      details: server.configDrive ? { admin_password: password } : {},
      adminPassword: password,
      write: (trx, locked, host) =>
        insertMigration(trx, {
          id: migrationId,
          serverId: locked.id,
          type: 'evacuation',
          status: 'accepted',
          source: { host, node: locked.node ?? host },
          before: size,
          after: size,
          wasStopped: locked.vmState === 'stopped',
          userId: ctx.userId,
          projectId: ctx.projectId,
        }),
      workOf: (locked) => ({
        serverId: locked.id,
        migrationId,
        host: source,
        flavor: locked.flavor,
        endsAs: locked.vmState === 'stopped' || (staysStopped && locked.vmState !== 'error') ? 'stopped' : 'active',
        wasActive: locked.vmState === 'active',
        requestedHost,
        excludedHosts: [source],
        attemptNumber: 1,
      }),
    };
  };
