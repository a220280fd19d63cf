import { manyParam } from '../../../../lib/versioning/query-params.ts';
import { stringEnum } from '../../../../lib/versioning/schema.ts';
import { InvalidInput } from '../../../../lib/versioning/validation.ts';
import { live, perVersion, type Microversion } from '../../../../lib/versioning/microversion.ts';
import { v } from '../../../../microversions.ts';
import type { ComputeApi } from '../../../../compute/api.ts';

type SortBy = NonNullable<Parameters<ComputeApi['list']>[1]['sort']>[number];

/** What servers may be sorted by. */
const keys = [
  'access_ip_v4',
  'access_ip_v6',
  'auto_disk_config',
  'availability_zone',
  'config_drive',
  'created_at',
  'display_description',
  'display_name',
  'host',
  'hostname',
  'image_ref',
  'instance_type_id',
  'kernel_id',
  'key_name',
  'launch_index',
  'launched_at',
  'locked_by',
  'node',
  'power_state',
  'progress',
  'project_id',
  'ramdisk_id',
  'root_device_name',
  'task_state',
  'terminated_at',
  'updated_at',
  'user_id',
  'uuid',
  'vm_state',
] as const satisfies readonly SortBy['column'][];

/** Legacy column names: accepted and without effect. */
const withoutEffect = [
  'architecture',
  'cell_name',
  'cleaned',
  'default_ephemeral_device',
  'default_swap_device',
  'deleted',
  'deleted_at',
  'disable_terminate',
  'ephemeral_gb',
  'ephemeral_key_uuid',
  'id',
  'key_data',
  'launched_on',
  'locked',
  'memory_mb',
  'os_type',
  'reservation_id',
  'root_gb',
  'shutdown_terminate',
  'user_data',
  'vcpus',
  'vm_mode',
] as const;

const lockSorts = { since: v.lockReason };

const keySchema = perVersion((at: Microversion) =>
  stringEnum([...keys, ...(live(lockSorts, at) ? ['locked'] : []), ...(live({ until: v.strictKeys }, at) ? withoutEffect : [])]),
);

/** `sort_key` and `sort_dir`, both repeatable. */
export const sortParams = { sort_key: manyParam({ type: keySchema }), sort_dir: manyParam() };

interface Asked {
  readonly sort_key?: readonly string[];
  readonly sort_dir?: readonly string[];
}

/** The requested order; missing directions default to the first one. */
export function sortOf({ sort_key: asked = [], sort_dir: directions = [] }: Asked, at: Microversion): SortBy[] {
  const keyless = asked.length === 0 && directions.length > 0 ? ['created_at'] : asked;
  if (directions.length > keyless.length) throw InvalidInput({ message: 'Sort direction size exceeds sort key size' });
  return keyless.flatMap((key, index): SortBy[] => {
    const direction = directions[index] ?? directions[0] ?? 'desc';
    if (direction !== 'asc' && direction !== 'desc') throw InvalidInput({ message: "Unknown sort direction, must be 'desc' or 'asc'" });
    const column = key === 'locked' && live(lockSorts, at) ? key : keys.find((known) => known === key);
    return column === undefined ? [] : [{ column, direction }];
  });
}
