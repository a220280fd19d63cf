import { Type as t } from '@sinclair/typebox';
import { param, queryParams } from '../../../../lib/versioning/query-params.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { timeText } from '../wire.ts';

const text = nullable(t.String());

const listZones = route({
  method: 'GET',
  path: '/os-availability-zone',
  summary: 'List availability zones.',
  status: 200,
  answers: exactly(
    t.Object({
      availabilityZoneInfo: t.Array(strictObject({ zoneName: t.String(), zoneState: strictObject({ available: t.Boolean() }) })),
    }),
  ),
  handle: async ({ ctx }, { volumes }: VolumeFaceDeps) => {
    const zones = await volumes.fleet.zones(ctx);
    return ok({ availabilityZoneInfo: zones.map(({ name, available }) => ({ zoneName: name, zoneState: { available } })) });
  },
});

const hostRow = strictObject({
  host_name: t.String(),
  service: t.String(),
  zone: t.String(),
  'service-status': t.String(),
  'service-state': t.String(),
  'last-update': text,
});

const listHosts = route({
  method: 'GET',
  path: '/os-hosts',
  summary: 'List the hosts of volume services, for old clients.',
  query: queryParams({ zone: param() }),
  status: 200,
  answers: exactly(t.Object({ hosts: t.Array(hostRow) })),
  handle: async ({ ctx, query }, { volumes }: VolumeFaceDeps) => {
    const found = await volumes.fleet.hosts(ctx);
    const shown = found.filter(({ zone }) => query.zone === undefined || query.zone === zone);
    return ok({
      hosts: shown.map(({ host, binary, zone, isUp, disabled, seenAt }) => ({
        host_name: host,
        service: binary,
        zone,
        'service-status': isUp ? 'available' : 'unavailable',
        'service-state': disabled ? 'disabled' : 'enabled',
        'last-update': timeText(seenAt),
      })),
    });
  },
});

const usage = strictObject({
  resource: strictObject({
    host: t.String(),
    project: t.String(),
    volume_count: t.String(),
    total_volume_gb: t.String(),
    total_snapshot_gb: t.String(),
    snapshot_count: t.String(),
  }),
});

const showHost = route({
  method: 'GET',
  path: '/os-hosts/{id}',
  summary: 'Show what is on a volume host, project by project.',
  status: 200,
  answers: exactly(t.Object({ host: t.Array(usage) })),
  handle: async ({ ctx, params: { id } }, { volumes }: VolumeFaceDeps) => {
    const rows = await volumes.fleet.useOfHost(ctx, id);
    return ok({
      host: rows.map((row) => ({
        resource: {
          host: id,
          project: row.project,
          volume_count: String(row.volumes),
          total_volume_gb: String(row.volumeGb),
          snapshot_count: String(row.snapshots),
          total_snapshot_gb: String(row.snapshotGb),
        },
      })),
    });
  },
});

export const hostsRoutes = [listZones, listHosts, showHost];
