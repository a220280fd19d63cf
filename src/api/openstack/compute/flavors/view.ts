import { Type as t } from '@sinclair/typebox';
import { float } from '../../../../lib/versioning/float.ts';
import { field, resource, variants } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import type { Flavor } from '../../../../objects/flavor.ts';
import { links, linksTo } from '../wire.ts';

const description = field(nullable(t.String()), (flavor: Flavor) => flavor.description, { since: v.flavorDescription });

/** A flavor in the short list. */
export const flavorSummary = resource<Flavor>()('flavor', {
  id: field(t.String(), (flavor) => flavor.id),
  name: field(t.String(), (flavor) => flavor.name),
  description,
  links: field(links, (flavor, view) => linksTo(`flavors/${flavor.id}`, view)),
});

/** A flavor in full (reference: rest bodies, "flavors"). */
export const flavorView = resource<Flavor>()('flavor', {
  id: field(t.String(), (flavor) => flavor.id),
  name: field(t.String(), (flavor) => flavor.name),
  ram: field(t.Integer(), (flavor) => flavor.ramMb),
  disk: field(t.Integer(), (flavor) => flavor.rootGb),
  swap: variants(
    field(t.Union([t.Integer(), t.Literal('')]), (flavor) => flavor.swapMb || '', { until: v.strictKeys }),
    field(t.Integer(), (flavor) => flavor.swapMb, { since: v.strictKeys }),
  ),
  'OS-FLV-EXT-DATA:ephemeral': field(t.Integer(), (flavor) => flavor.ephemeralGb),
  'OS-FLV-DISABLED:disabled': field(t.Boolean(), (flavor) => flavor.disabled, { until: v.flavorNameFilter }),
  vcpus: field(t.Integer(), (flavor) => flavor.vcpus),
  'os-flavor-access:is_public': field(t.Boolean(), (flavor) => flavor.isPublic),
  rxtx_factor: field(t.Number(), (flavor) => float(flavor.rxtxFactor), { until: v.flavorNameFilter }),
  description,
  extra_specs: field(t.Record(t.String(), t.String()), (flavor) => flavor.extraSpecs, {
    since: v.flavorExtraSpecs,
    policy: 'os_compute_api:os-flavor-extra-specs:index',
  }),
  links: field(links, (flavor, view) => linksTo(`flavors/${flavor.id}`, view)),
});
