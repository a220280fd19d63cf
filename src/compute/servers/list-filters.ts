// The filters of a server list under Nova's names: the field of each, and who may use it.

/** Filters for equality with one of the given values. */
export const equalFilters = {
  user_id: 'userId',
  launch_index: 'launchIndex',
  image_ref: 'imageId',
  image: 'imageId',
  flavor: 'flavorId',
  vm_state: 'vmState',
  task_state: 'taskState',
  host: 'host',
} as const;

/** Filters by a regular expression. Times are compared as texts: `2026-11-22 06:47:57`. */
export const patternFilters = {
  name: 'name',
  display_name: 'name',
  description: 'description',
  display_description: 'description',
  hostname: 'hostname',
  key_name: 'keyName',
  kernel_id: 'kernelId',
  ramdisk_id: 'ramdiskId',
  node: 'node',
  power_state: 'powerState',
  reservation_id: 'reservationId',
  availability_zone: 'zone',
  locked_by: 'lockedBy',
  root_device_name: 'rootDeviceName',
  access_ip_v4: 'accessIpV4',
  access_ip_v6: 'accessIpV6',
  auto_disk_config: 'diskConfig',
  progress: 'progress',
  created_at: 'createdAt',
  launched_at: 'launchedAt',
  terminated_at: 'terminatedAt',
} as const;

export type EqualFilter = keyof typeof equalFilters;
export type PatternFilter = keyof typeof patternFilters;

/** Filters that are restricted, or were at some microversion; all others are open to everybody. */
export type GuardedFilter = EqualFilter | PatternFilter | 'uuid' | 'ip6' | 'config_drive' | 'deleted' | 'soft_deleted' | 'project_id';

/** Filters open to everybody; the others need `allow_all_filters`. */
const open = [
  'name',
  'image',
  'flavor',
  'reservation_id',
  'ip6',
  'availability_zone',
  'config_drive',
  'key_name',
  'created_at',
  'launched_at',
  'terminated_at',
  'power_state',
  'task_state',
  'vm_state',
  'progress',
  'user_id',
] as const satisfies readonly GuardedFilter[];
export type OpenFilter = (typeof open)[number];

/** Whether a filter is for everybody. */
export const isOpen = (name: GuardedFilter): boolean => (open as readonly GuardedFilter[]).includes(name); // Seam: includes would only take what is in the list.
