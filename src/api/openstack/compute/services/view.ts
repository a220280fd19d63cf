import { Type as t } from '@sinclair/typebox';
import type { ServiceState } from '../../../../compute/fleet/service-api.ts';
import { field, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { microseconds } from '../wire.ts';

/** A service in full (reference: rest bodies, "os-services"). */
export const serviceView = resource<ServiceState>()('service', {
  id: variants(
    field(t.Integer(), (service) => service.number, { until: v.uuidsOfServices }),
    field(t.String({ format: 'uuid' }), (service) => service.id, { since: v.uuidsOfServices }),
  ),
  binary: field(t.String(), (service) => service.binary),
  host: field(t.String(), (service) => service.host),
  zone: field(t.String(), (service) => service.zone),
  status: field(t.String(), (service) => (service.disabled ? 'disabled' : 'enabled')),
  state: field(t.String(), (service) => (service.isUp ? 'up' : 'down')),
  updated_at: field(nullable(t.String()), (service) => microseconds(service.seenAt)),
  disabled_reason: field(nullable(t.String()), (service) => service.disabledReason),
  forced_down: field(t.Boolean(), (service) => service.forcedDown, { since: v.forcedDown }),
});
