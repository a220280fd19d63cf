import { Type as t } from '@sinclair/typebox';
import type { Zone, ZoneService } from '../../../../compute/fleet/zone-api.ts';
import { nullable, strictObject } from '../../../../lib/versioning/schema.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import type { ComputeFaceDeps } from '../deps.ts';
import { microseconds } from '../wire.ts';

type Deps = ComputeFaceDeps;

const serviceState = strictObject({ active: t.Boolean(), available: t.Boolean(), updated_at: t.String() });

const zones = exactly(
  strictObject({
    availabilityZoneInfo: t.Array(
      strictObject({
        zoneName: t.String(),
        zoneState: strictObject({ available: t.Boolean() }),
        hosts: nullable(t.Record(t.String(), t.Record(t.String(), serviceState))),
      }),
    ),
  }),
);

const told = ({ name, isAvailable }: Zone) => ({ zoneName: name, zoneState: { available: isAvailable } });

/** Services of a zone by host and binary. */
function hostsOf(services: readonly ZoneService[]) {
  const byHost = Map.groupBy(services, ({ host }) => host);
  return Object.fromEntries(
    [...byHost].map(([host, members]) => [
      host,
      Object.fromEntries(
        members.map(({ binary, isEnabled, isUp, seenAt }) => [
          binary,
          { active: isEnabled, available: isUp, updated_at: microseconds(seenAt) },
        ]),
      ),
    ]),
  );
}

export const listZones = route({
  method: 'GET',
  path: '/os-availability-zone',
  summary: 'List the availability zones.',
  status: 200,
  answers: zones,
  handle: async ({ ctx }, { zones: api }: Deps) =>
    ok({ availabilityZoneInfo: (await api.list(ctx)).map((zone) => ({ ...told(zone), hosts: null })) }),
});

export const listZonesInFull = route({
  method: 'GET',
  path: '/os-availability-zone/detail',
  summary: 'List the availability zones with their hosts and services.',
  status: 200,
  answers: zones,
  handle: async ({ ctx }, { zones: api }: Deps) =>
    ok({
      availabilityZoneInfo: (await api.detail(ctx)).map((zone) => ({
        ...told(zone),
        hosts: zone.isAvailable ? hostsOf(zone.services) : null,
      })),
    }),
});
