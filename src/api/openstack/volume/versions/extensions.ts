import { Type as t } from '@sinclair/typebox';
import { errorType } from '../../../../lib/errors/error-type.ts';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { ok, route } from '../../../pipeline/route.ts';
import { v } from '../microversions.ts';

const ExtensionNotFound = errorType('VolumeExtensionNotFound', 'not-found', (p: { alias: string }) => `There is no extension ${p.alias}.`);

/** The extensions whose routes are here, by alias and name. */
const known = [
  ['OS-SCH-HNT', 'SchedulerHints'],
  ['capabilities', 'Capabilities'],
  ['os-admin-actions', 'AdminActions'],
  ['os-availability-zone', 'AvailabilityZones'],
  ['os-extended-services', 'ExtendedServices'],
  ['os-extended-snapshot-attributes', 'ExtendedSnapshotAttributes'],
  ['os-hosts', 'Hosts'],
  ['os-quota-class-sets', 'QuotaClasses'],
  ['os-quota-sets', 'Quotas'],
  ['os-services', 'Services'],
  ['os-snapshot-actions', 'SnapshotActions'],
  ['os-types-extra-specs', 'TypesExtraSpecs'],
  ['os-types-manage', 'TypesManage'],
  ['os-used-limits', 'UsedLimits'],
  ['os-vol-host-attr', 'VolumeHostAttribute'],
  ['os-vol-image-meta', 'VolumeImageMetadata'],
  ['os-vol-mig-status-attr', 'VolumeMigStatusAttribute'],
  ['os-vol-tenant-attr', 'VolumeTenantAttribute'],
  ['os-volume-actions', 'VolumeActions'],
  ['os-volume-encryption-metadata', 'VolumeEncryptionMetadata'],
  ['os-volume-type-access', 'VolumeTypeAccess'],
  ['scheduler-stats', 'SchedulerStats'],
] as const;

const UPDATED = '2016-01-01T00:00:00+00:00';

const extension = strictObject({
  alias: t.String(),
  name: t.String(),
  description: t.String(),
  updated: t.String(),
  links: t.Array(t.Unknown()),
});

const extensions = known.map(([alias, name]) => ({ alias, name, description: `${name} of the volume API.`, updated: UPDATED, links: [] }));

const list = route({
  method: 'GET',
  path: '/extensions',
  summary: 'List the extensions, for clients that check for features.',
  status: 200,
  answers: exactly(t.Object({ extensions: t.Array(extension) })),
  handle: () => ok({ extensions }),
});

const show = route({
  method: 'GET',
  path: '/extensions/{alias}',
  summary: 'Show an extension.',
  status: 200,
  answers: exactly(t.Object({ extension })),
  handle: ({ params: { alias } }) => {
    const found = extensions.find((one) => one.alias === alias);
    if (!found) throw ExtensionNotFound({ alias });
    return ok({ extension: found });
  },
});

/** What users may filter each list by. */
const filters = {
  volume: [
    'name',
    'status',
    'metadata',
    'bootable',
    'migration_status',
    'availability_zone',
    'group_id',
    'size',
    'created_at',
    'updated_at',
  ],
  snapshot: ['name', 'status', 'volume_id', 'metadata'],
  attachment: ['volume_id', 'status', 'instance_id', 'attach_status'],
  message: ['resource_uuid', 'resource_type', 'event_id', 'request_id'],
  pool: ['name', 'volume_type'],
  volume_type: ['is_public', 'extra_specs'],
} as const;

const listFilters = route({
  method: 'GET',
  path: '/resource_filters',
  summary: 'List what users may filter lists by.',
  since: v.resourceFilterList,
  status: 200,
  answers: exactly(t.Object({ resource_filters: t.Array(strictObject({ resource: t.String(), filters: t.Array(t.String()) })) })),
  handle: ({ rawQuery }) => {
    const asked = rawQuery.get('resource');
    const shown = Object.entries(filters).filter(([resource]) => asked === null || resource === asked);
    return ok({ resource_filters: shown.map(([resource, names]) => ({ resource, filters: [...names] })) });
  },
});

export const extensionRoutes = [list, show, listFilters];
