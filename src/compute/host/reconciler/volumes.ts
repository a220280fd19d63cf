import type { ConductorRpcApi } from '../../../conductor/rpcapi.ts';
import type { Context } from '../../../lib/context/context.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import type { PluggedVolume } from '../../../objects/guest-volume.ts';
import type { HostName, ServerId } from '../../../objects/ids.ts';
import type { VirtDriver } from '../../../virt/driver.ts';

/** The volumes of which a guest and its server's record disagree. */
export function differingVolumes(plugged: readonly PluggedVolume[], listed: readonly string[]): string[] {
  const whole = plugged.filter(({ isWhole }) => isWhole).map(({ volumeId }) => volumeId);
  const missing = listed.filter((volumeId) => !whole.includes(volumeId));
  const extra = plugged.map(({ volumeId }) => volumeId).filter((volumeId) => !listed.includes(volumeId));
  return [...missing, ...extra];
}

export interface VolumeReportDeps {
  readonly driver: Pick<VirtDriver, 'volumesOf'>;
  readonly conductor: Pick<ConductorRpcApi, 'correctVolumes'>;
  readonly host: HostName;
  readonly log: Log;
}

/** Reports guests whose volumes differ from the record; conductors then have them plugged in or out. A failure skips only that guest. */
export async function reportVolumes(
  { driver, conductor, host, log }: VolumeReportDeps,
  ctx: Context,
  servers: readonly { readonly serverId: ServerId; readonly volumes: readonly string[] }[],
): Promise<void> {
  for (const { serverId, volumes } of servers) {
    try {
      const volumeIds = differingVolumes(await driver.volumesOf(serverId), volumes);
      if (volumeIds.length === 0) continue;
      log.warn({ serverId, volumeIds }, 'a guest has not the volumes of its server');
      await conductor.correctVolumes(ctx, { host, serverId, volumeIds });
    } catch (error) {
      log.warn({ serverId, error: messageOf(error) }, 'the volumes of a guest could not be compared; trying again later');
    }
  }
}
