import { type RawBuilder, sql } from 'kysely';
import { powerStates } from '../../../objects/states.ts';
import { nullsAs } from '../../sql/paging.ts';

/** A text expression over a server's row. */
type Text = RawBuilder<string | null>;

/** The text of a time, for pattern filters. @example 2026-11-22 06:47:57 */
const timeText = (column: string): Text => sql`to_char(${sql.ref(column)} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')`;

const powerNumber = sql<number>`CASE power_state ${sql.join(
  Object.entries(powerStates).map(([name, number]) => sql`WHEN ${sql.lit(name)} THEN ${sql.lit(number)}`),
  sql` `,
)} END`;

const imageProperty = (name: string): Text => sql`image->'properties'->>${sql.lit(name)}`;

/** Filters that match by equality. */
export const equalColumns = {
  userId: sql`user_id`,
  launchIndex: sql`launch_index::text`,
  imageId: sql`CASE WHEN image->>'isOfVolume' IS NULL THEN image->>'id' END`,
  flavorId: sql`flavor->>'id'`,
  vmState: sql`vm_state`,
  taskState: sql`task_state`,
  host: sql`host`,
} as const satisfies Record<string, Text>;
export type EqualColumn = keyof typeof equalColumns;

/** Filters that match by pattern. */
export const patternColumns = {
  name: sql`name`,
  description: sql`description`,
  hostname: sql`hostname`,
  keyName: sql`key_name`,
  kernelId: imageProperty('kernel_id'),
  ramdiskId: imageProperty('ramdisk_id'),
  node: sql`node`,
  powerState: sql`(${powerNumber})::text`,
  reservationId: sql`reservation_id`,
  createdAt: timeText('created_at'),
  launchedAt: timeText('launched_at'),
  terminatedAt: timeText('terminated_at'),
  zone: sql`zone`,
  lockedBy: sql`locked_by`,
  rootDeviceName: sql`root_device_name`,
  accessIpV4: sql`access_ip_v4`,
  accessIpV6: sql`access_ip_v6`,
  diskConfig: sql`CASE disk_config WHEN 'AUTO' THEN '1' ELSE '0' END`,
  progress: sql`progress::text`,
} as const satisfies Record<string, Text>;
export type PatternColumn = keyof typeof patternColumns;

const text = (column: RawBuilder<unknown>): RawBuilder<unknown> => nullsAs(sql`''`, column);
const time = (column: string): RawBuilder<unknown> => nullsAs(sql`'-infinity'`, sql.ref(column));

/** Sort columns; none is null. */
export const sortColumns = {
  access_ip_v4: text(sql`access_ip_v4`),
  access_ip_v6: text(sql`access_ip_v6`),
  auto_disk_config: sql`disk_config`,
  availability_zone: text(sql`zone`),
  config_drive: sql`config_drive`,
  created_at: sql`created_at`,
  display_description: text(sql`description`),
  display_name: sql`name`,
  host: text(sql`host`),
  hostname: sql`hostname`,
  image_ref: text(sql`image->>'id'`),
  instance_type_id: text(sql`flavor->>'id'`),
  kernel_id: text(imageProperty('kernel_id')),
  key_name: text(sql`key_name`),
  launch_index: sql`launch_index`,
  launched_at: time('launched_at'),
  locked: sql`(locked_by IS NOT NULL)`,
  locked_by: text(sql`locked_by`),
  node: text(sql`node`),
  power_state: powerNumber,
  progress: sql`progress`,
  project_id: sql`project_id`,
  ramdisk_id: text(imageProperty('ramdisk_id')),
  root_device_name: text(sql`root_device_name`),
  task_state: text(sql`task_state`),
  terminated_at: time('terminated_at'),
  updated_at: sql`updated_at`,
  user_id: sql`user_id`,
  uuid: sql`id`,
  vm_state: sql`vm_state`,
} as const satisfies Record<string, RawBuilder<unknown>>;
export type SortColumn = keyof typeof sortColumns;
