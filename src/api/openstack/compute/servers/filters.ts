// The filters of a list of servers that are one column each: their names, what they ask for, and for whom they are.
import { Type as t } from '@sinclair/typebox';
import type { ComputeApi } from '../../../../compute/api.ts';
import type { Microversion } from '../../../../lib/versioning/microversion.ts';
import { type Param, param } from '../../../../lib/versioning/query-params.ts';
import { v } from '../../../../microversions.ts';

/** Which servers the compute service is asked for. */
export type Filters = Parameters<ComputeApi['list']>[1];

type Equal = keyof NonNullable<Filters['equal']>;
type Pattern = keyof NonNullable<Filters['like']>;

/** Filters that everybody may use, and since when; the others are for those to whom all filters are open. */
const open: Readonly<Record<string, Microversion>> = {
  name: v.initial,
  image: v.initial,
  flavor: v.initial,
  reservation_id: v.initial,
  ip6: v.ip6FilterForAll,
  availability_zone: v.moreFilters,
  config_drive: v.moreFilters,
  key_name: v.moreFilters,
  created_at: v.moreFilters,
  launched_at: v.moreFilters,
  terminated_at: v.moreFilters,
  power_state: v.moreFilters,
  task_state: v.moreFilters,
  vm_state: v.moreFilters,
  progress: v.moreFilters,
  user_id: v.moreFilters,
};

interface Who {
  readonly mayFilterByAll: boolean;
  readonly at: Microversion;
}

/** Whether a filter is for the asker. */
export const openTo = (name: string, { mayFilterByAll, at }: Who): boolean =>
  mayFilterByAll || (Object.hasOwn(open, name) && (open[name]?.ordinal ?? Infinity) <= at.ordinal);

/** Filters made of a table: the parameters, and what those that were given ask for. */
function filters<const F extends Readonly<Record<string, string>>, V>(names: F, declared: Param<V>) {
  // Seam: fromEntries forgets the names that went in.
  const params = Object.fromEntries(Object.keys(names).map((name) => [name, declared])) as { readonly [K in keyof F]: Param<V> };
  return {
    params,
    of: (asked: { readonly [K in keyof F]?: V }, who: Who): { [C in F[keyof F]]?: V } =>
      Object.fromEntries(
        Object.entries(names).flatMap(([name, column]) => {
          const value = asked[name];
          return value === undefined || !openTo(name, who) ? [] : [[column, value]];
        }),
      ) as { [C in F[keyof F]]?: V }, // Seam: as above.
  };
}

/** What is named by a link is named by its last part. */
const lastPart = (text: string): readonly string[] => [text.split('/').at(-1) ?? ''];

/** Filters whose value a server has, or has not. */
export const equalFilters = filters(
  {
    user_id: 'userId',
    launch_index: 'launchIndex',
    image_ref: 'imageId',
    image: 'imageId',
    vm_state: 'vmState',
    task_state: 'taskState',
    host: 'host',
  } satisfies Record<string, Equal>,
  param({ read: lastPart }),
);

/** The flavor is not matched as a regular expression, but must be one. */
export const flavorFilter = filters(
  { flavor: 'flavorId' } satisfies Record<string, Equal>,
  param({ type: t.String({ format: 'regex' }), read: lastPart }),
);

/** Filters that are regular expressions. */
export const patternFilters = filters(
  {
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
  } satisfies Record<string, Pattern>,
  param({ type: t.String({ format: 'regex' }), read: (text) => text }),
);

/** Times are kept with a blank between day and hour, and without a zone. */
const timeless = (text: string): string => text.replace(/(\d)T(\d)/, '$1 $2').replace(/Z$/, '');

/** Regular expressions on times. */
export const timeFilters = filters(
  { created_at: 'createdAt', launched_at: 'launchedAt', terminated_at: 'terminatedAt' } satisfies Record<string, Pattern>,
  param({ type: t.String({ format: 'regex' }), read: timeless }),
);

/** Filters by what is kept elsewhere: accepted always, and without effect. */
export const withoutEffect = {
  block_device_mapping: param(),
  services: param(),
  metadata: param(),
  system_metadata: param(),
  info_cache: param(),
  security_groups: param(),
  pci_devices: param(),
};
