/** Events of resources other than servers -> notifications. What happens at once here is told as a start and an end where Nova has both. */
import type { Flavor } from '../../objects/flavor.ts';
import type { flavorAccessCreate } from '../compute.ts';
import type { InJson } from './in-json.ts';
import type { Notification, NotificationRules, Telling } from './notification.ts';
import {
  aggregateObject,
  flavorObject,
  keypairObject,
  serverGroupObject,
  serviceObject,
  type ShownAggregate,
  type ShownGroup,
  type ShownKeypair,
  type ShownService,
} from './resource-objects.ts';

/** An unversioned notification: who publishes it, and what. */
interface Legacy {
  readonly name: string;
  readonly from: string;
  readonly payload: object;
}

interface Telltale {
  /** `flavor.create`; with `phases` also `.start` and `.end` after it. */
  readonly name: string;
  readonly phases?: readonly ('start' | 'end')[];
  readonly from?: 'nova-api' | 'nova-compute' | 'nova-conductor';
  readonly object: object;
  readonly legacy?: Legacy;
}

const BOTH = ['start', 'end'] as const;

/** How a type of event is told, from the payload that its type promises. */
type Tell = (payload: never, rules: NotificationRules, projectId: string | null) => Telltale;

const aggregate =
  (name: string, legacy: string, more: (aggregate: ShownAggregate & { readonly host?: string }) => object): Tell =>
  (payload: ShownAggregate & { readonly host?: string }) => ({
    name: `aggregate.${name}`,
    phases: BOTH,
    object: aggregateObject(payload),
    legacy: {
      name: `aggregate.${legacy}`,
      from: `aggregate.${payload.id}`,
      payload: { aggregate_id: payload.id, ...more(payload) },
    },
  });

const keypair =
  (name: string): Tell =>
  (payload: ShownKeypair, { host }, projectId) => ({
    name: `keypair.${name}`,
    phases: BOTH,
    object: keypairObject(payload),
    legacy: {
      name: `keypair.${name}`,
      from: `api.${host}`,
      payload: { tenant_id: projectId, user_id: payload.userId, key_name: payload.name },
    },
  });

const group =
  (name: string, legacy: string, more: (group: ShownGroup) => object): Tell =>
  (payload: ShownGroup, { host }) => ({
    name: `server_group.${name}`,
    object: serverGroupObject(payload),
    legacy: {
      name: `servergroup.${legacy}`,
      from: `servergroup.${host}`,
      payload: { server_group_id: payload.id, ...more(payload) },
    },
  });

const flavor =
  (name: string): Tell =>
  (payload: Flavor) => ({ name: `flavor.${name}`, object: flavorObject(payload) });

const flavorAccess: Tell = (payload: InJson<(typeof flavorAccessCreate)['payload']>) => ({
  name: 'flavor.update',
  object: flavorObject(payload.flavor, payload.projects),
});

const service =
  (name: string): Tell =>
  (payload: ShownService) => ({
    name: `service.${name}`,
    // A service registers itself; it is changed and deleted by the API.
    ...(name === 'create' ? { from: 'nova-compute' as const } : {}),
    object: serviceObject(payload),
  });

/** How each type of event is told. */
const tells: Readonly<Record<string, Tell>> = {
  'flavor.create': flavor('create'),
  'flavor.update': flavor('update'),
  'flavor.delete': flavor('delete'),
  'flavorAccess.create': flavorAccess,
  'flavorAccess.delete': flavorAccess,
  'keypair.create': keypair('create'),
  'keypair.import': keypair('import'),
  'keypair.delete': keypair('delete'),
  'serverGroup.create': group('create', 'create', ({ name, policy }) => ({ name, policies: [policy] })),
  'serverGroup.delete': group('delete', 'delete', () => ({})),
  'serverGroup.addMember': group('add_member', 'addmember', ({ members }) => ({ instance_uuids: members })),
  'service.create': service('create'),
  'service.update': service('update'),
  'service.delete': service('delete'),
  'aggregate.create': aggregate('create', 'create', ({ name, metadata }) => ({ name, meta_data: metadata })),
  'aggregate.update': aggregate('update_prop', 'updateprop', ({ name, metadata }) => ({ name, meta_data: metadata })),
  'aggregate.updateMetadata': aggregate('update_metadata', 'updatemetadata', ({ metadata }) => ({ meta_data: metadata })),
  'aggregate.delete': aggregate('delete', 'delete', () => ({})),
  'aggregate.addHost': aggregate('add_host', 'addhost', ({ host }) => ({ host_name: host })),
  'aggregate.removeHost': aggregate('remove_host', 'removehost', ({ host }) => ({ host_name: host })),
  // Hosts report what they have cached in their logs alone, so only the start is told.
  'aggregate.cacheImages': (payload: ShownAggregate) => ({
    name: 'aggregate.cache_images',
    phases: ['start'],
    from: 'nova-conductor',
    object: aggregateObject(payload),
  }),
};

/** The types that are told, for tests and documentation. */
export const toldResources: readonly string[] = Object.keys(tells);

/** The notifications of an event of a resource; none where Nova has none. */
export function resourceNotifications({ event, facts, rules }: Telling): readonly Notification[] {
  const tell = tells[event.type];
  if (!tell) return [];
  // Seam: the event's type promises the payload that its row reads.
  const { name, phases, from = 'nova-api', object, legacy } = tell(event.payload as never, rules, facts.initiator?.projectId ?? null);
  const suffixes = phases?.map((phase) => `.${phase}`) ?? [''];
  return suffixes.flatMap((suffix): readonly Notification[] => {
    const level = { priority: rules.level };
    const versioned: Notification = {
      ...level,
      format: 'versioned',
      eventType: `${name}${suffix}`,
      publisherId: `${from}:${hostIn(event.payload, from) ?? rules.host}`,
      payload: object,
    };
    const unversioned: readonly Notification[] = legacy
      ? [{ ...level, format: 'unversioned', eventType: `${legacy.name}${suffix}`, publisherId: legacy.from, payload: legacy.payload }]
      : [];
    return [versioned, ...unversioned].filter(({ format }) => rules.formats.includes(format));
  });
}

/** A service that registers itself publishes in the name of its own host. */
const hostIn = (payload: Readonly<Record<string, unknown>>, from: string): string | undefined =>
  from === 'nova-compute' ? String(payload['host']) : undefined;
