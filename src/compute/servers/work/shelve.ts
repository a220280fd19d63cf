import type { CellDb } from '../../../db/sql/queries.ts';
import { listServices } from '../../../db/stores/hosts/services.ts';
import type { ServerImages } from '../../../image/server-images.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import { asId, type HostName, type ImageId } from '../../../objects/ids.ts';
import type { SnapshotFormat } from '../../../objects/server-image.ts';
import type { Server } from '../../../objects/server.ts';
import { rootVolumeOf } from '../../../objects/server-volume.ts';
import type { InputOf } from '../../../operations/actions/kinds.ts';
import type { Policy } from '../../../policy/policy.ts';
import { HostNotInZone, UnknownHost, UnknownZone, UnshelveOnlyOffloaded } from '../errors.ts';
import { checkNoTpm } from '../guest-hardware.ts';
import { hostOf } from '../may-begin.ts';
import { shelvedImageOf } from '../server-image.ts';
import type { Prepare } from './preparers.ts';

export interface ShelveDeps {
  readonly images: Pick<ServerImages, 'checkNew'>;
  readonly diskFormat: SnapshotFormat;
  readonly ids: Ids;
}

export const prepareShelve =
  ({ images, diskFormat, ids }: ShelveDeps): Prepare<'shelve'> =>
  async (ctx, server) => {
    checkNoTpm(server, 'shelve');
    const hasDisk = rootVolumeOf(server) === undefined;
    const image = hasDisk ? shelvedImageOf(ctx, server, { id: asId<ImageId>(ids.uuid()), diskFormat }) : null;
    if (image !== null) images.checkNew(ctx, image);
    return { workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked), image, vmState: locked.vmState }) };
  };

export const prepareShelveOffload: Prepare<'shelveOffload'> = async () => ({
  workOf: (locked) => ({ serverId: locked.id, host: hostOf(locked) }),
});

export interface UnshelveDeps {
  readonly db: CellDb;
  readonly policy: Policy;
}

/** Checks zone and host that the caller names; the zone becomes that of the server. */
export const prepareUnshelve =
  ({ db, policy }: UnshelveDeps): Prepare<'unshelve'> =>
  async (ctx, server, asked) => {
    if (asked.host !== undefined)
      policy.check(ctx, 'os_compute_api:os-shelve:unshelve_to_host', { project_id: server.projectId, user_id: server.userId });
    const zones = await zonesFor(db, asked);
    return {
      ...(asked.zone !== undefined && { details: { requested_zone: asked.zone } }),
      check: async (_trx, locked) => checkPlace(locked, asked, zones),
      workOf: (locked) => ({
        serverId: locked.id,
        host: locked.host,
        requestedHost: asked.host === undefined ? null : asId<HostName>(asked.host),
      }),
    };
  };

type Asked = InputOf<'unshelve'>;

/** The zone of each host; throws if the caller names a zone or a host that is none. */
async function zonesFor(db: CellDb, { zone, host }: Asked): Promise<ReadonlyMap<string, string>> {
  if (typeof zone !== 'string' && host === undefined) return new Map();
  const services = (await listServices(db)).filter(({ binary }) => binary === 'nova-compute');
  const zones = new Map(services.map((service) => [String(service.host), service.zone]));
  if (typeof zone === 'string' && !services.some((service) => service.zone === zone)) throw UnknownZone({ zone });
  if (host !== undefined && !zones.has(host)) throw UnknownHost({ host });
  return zones;
}

function checkPlace(locked: Server, { zone, host }: Asked, zones: ReadonlyMap<string, string>): void {
  if (zone === undefined && host === undefined) return;
  if (locked.vmState !== 'shelved_offloaded') throw UnshelveOnlyOffloaded({ id: locked.id, state: locked.vmState });
  const pinned = zone === undefined ? locked.requestedZone : zone;
  if (host !== undefined && pinned !== null && zones.get(host) !== pinned) throw HostNotInZone({ host, zone: pinned });
}
