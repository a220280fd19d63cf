/** Payloads of resources other than servers. */
import type { Flavor } from '../../objects/flavor.ts';
import type { aggregateCreate, keypairCreate, serverGroupCreate, serviceCreate } from '../compute.ts';
import type { InJson } from './in-json.ts';
import type { NotedKeypair } from './notification.ts';
import { novaObject } from './nova-object.ts';

export type ShownAggregate = InJson<(typeof aggregateCreate)['payload']>;
export type ShownKeypair = InJson<(typeof keypairCreate)['payload']>;
export type ShownGroup = InJson<(typeof serverGroupCreate)['payload']>;
export type ShownService = InJson<(typeof serviceCreate)['payload']>;

/** A flavor; `projects` has those that may use it, where that is known. */
export const flavorObject = (flavor: Flavor, projects: readonly string[] | null = null) =>
  novaObject('FlavorPayload', '1.4', {
    flavorid: flavor.id,
    name: flavor.name,
    vcpus: flavor.vcpus,
    memory_mb: flavor.ramMb,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    swap: flavor.swapMb,
    rxtx_factor: flavor.rxtxFactor,
    // It weighed guests' shares of a CPU, which nothing here does.
    vcpu_weight: 0,
    disabled: flavor.disabled,
    is_public: flavor.isPublic,
    extra_specs: flavor.extraSpecs,
    projects,
    description: flavor.description,
  });

export const keypairObject = (keypair: NotedKeypair) =>
  novaObject('KeypairPayload', '1.0', {
    user_id: keypair.userId,
    name: keypair.name,
    type: keypair.type,
    fingerprint: keypair.fingerprint,
    public_key: keypair.publicKey,
  });

export const aggregateObject = ({ id, uuid, name, hosts, metadata }: ShownAggregate) =>
  novaObject('AggregatePayload', '1.0', { id, uuid, name, hosts, metadata });

export const serverGroupObject = (group: ShownGroup) =>
  novaObject('ServerGroupPayload', '1.1', {
    uuid: group.id,
    name: group.name,
    user_id: group.userId,
    project_id: group.projectId,
    policies: [group.policy],
    policy: group.policy,
    rules: group.maxServerPerHost === null ? {} : { max_server_per_host: String(group.maxServerPerHost) },
    members: group.members,
    hosts: null,
  });

export const serviceObject = (service: ShownService) =>
  novaObject('ServiceStatusPayload', '1.1', {
    uuid: service.id,
    host: service.host,
    binary: service.binary,
    topic: service.binary.replace(/^nova-/, ''),
    availability_zone: service.zone,
    disabled: service.disabled,
    disabled_reason: service.disabledReason,
    forced_down: service.forcedDown,
    // Heartbeats are no events: neither their time nor their number is in the log.
    last_seen_up: null,
    report_count: 0,
    version: 0,
  });

/** An error as an object. The stack of a failure stays with the operators. */
export const exceptionObject = (failure: { readonly error: string; readonly message: string; readonly during: string }) =>
  novaObject('ExceptionPayload', '1.1', {
    module_name: 'nova.compute.manager',
    function_name: failure.during,
    exception: failure.error,
    exception_message: failure.message,
    traceback: '',
  });
