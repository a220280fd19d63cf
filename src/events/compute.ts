/** Events of flavors, keypairs, server groups, quotas, services, aggregates and agent builds. */
import { Type as t } from '@sinclair/typebox';
import { listedFlavor as flavorSchema } from '../objects/flavor.ts';
import { hostName, serverId } from '../objects/ids.ts';
import type { GroupPolicy } from '../objects/server-group.ts';
import { eventType, orNull, snapshot, word } from './event-type.ts';

const flavor = snapshot(flavorSchema, { subjectOf: ({ id }) => id, projectOf: () => null });
export const flavorCreate = eventType('flavor.create', flavor);
/** The description or the extra specs changed. */
export const flavorUpdate = eventType('flavor.update', flavor);
export const flavorDelete = eventType('flavor.delete', flavor);

/** A project's right to use a flavor, with the flavor and all projects that may use it. */
const flavorAccess = snapshot(
  t.Object({ flavorId: t.String(), projectId: t.String(), flavor: flavorSchema, projects: t.Array(t.String()) }),
  {
    subjectOf: ({ flavorId }) => flavorId,
    projectOf: ({ projectId }) => projectId,
  },
);
export const flavorAccessCreate = eventType('flavorAccess.create', flavorAccess);
export const flavorAccessDelete = eventType('flavorAccess.delete', flavorAccess);

/** A keypair belongs to a user in every project. */
const keypair = snapshot(
  t.Object({ userId: t.String(), name: t.String(), type: word<'ssh' | 'x509'>(), fingerprint: t.String(), publicKey: t.String() }),
  { subjectOf: ({ userId, name }) => `${userId}/${name}`, projectOf: () => null },
);
/** The cloud generated its key. */
export const keypairCreate = eventType('keypair.create', keypair);
/** The user brought its public key. */
export const keypairImport = eventType('keypair.import', keypair);
/** A retry replaced the key, because the first private half was lost with the answer. */
export const keypairUpdate = eventType('keypair.update', keypair);
export const keypairDelete = eventType('keypair.delete', keypair);

const serverGroup = snapshot(
  t.Object({
    id: t.String(),
    projectId: t.String(),
    userId: t.String(),
    name: t.String(),
    policy: word<GroupPolicy>(),
    maxServerPerHost: orNull(t.Integer()),
    members: t.Array(serverId),
  }),
  { subjectOf: ({ id }) => id, projectOf: ({ projectId }) => projectId },
);
export const serverGroupCreate = eventType('serverGroup.create', serverGroup);
/** Servers that boot joined it. */
export const serverGroupAddMember = eventType('serverGroup.addMember', serverGroup);
export const serverGroupDelete = eventType('serverGroup.delete', serverGroup);

const limits = t.Record(t.String(), t.Integer());

/** The compute quota of a project or of a user in it. */
const quota = snapshot(t.Object({ projectId: t.String(), userId: orNull(t.String()), limits }), {
  subjectOf: ({ projectId }) => projectId,
  projectOf: ({ projectId }) => projectId,
});
export const quotaUpdate = eventType('quota.update', quota);
/** Back to the defaults; the payload has the limits before. */
export const quotaDelete = eventType('quota.delete', quota);

const quotaClass = snapshot(t.Object({ className: t.String(), limits }), {
  subjectOf: ({ className }) => className,
  projectOf: () => null,
});
export const quotaClassUpdate = eventType('quotaClass.update', quotaClass);

/** A service on a host, without its heartbeats. */
export const serviceSnapshot = t.Object({
  id: t.String(),
  binary: t.String(),
  host: t.String(),
  zone: t.String(),
  disabled: t.Boolean(),
  disabledReason: orNull(t.String()),
  forcedDown: t.Boolean(),
});
const service = snapshot(serviceSnapshot, { subjectOf: ({ id }) => id, projectOf: () => null });
/** The first heartbeat of a service. */
export const serviceCreate = eventType('service.create', service);
export const serviceUpdate = eventType('service.update', service);
export const serviceDelete = eventType('service.delete', service);

const aggregateFields = {
  id: t.Integer(),
  uuid: t.String(),
  name: t.String(),
  hosts: t.Array(hostName),
  metadata: t.Record(t.String(), t.String()),
};
const aggregateOf = { subjectOf: ({ uuid }: { readonly uuid: string }) => uuid, projectOf: () => null };
const aggregate = snapshot(t.Object(aggregateFields), aggregateOf);
export const aggregateCreate = eventType('aggregate.create', aggregate);
/** The name or the zone changed. */
export const aggregateUpdate = eventType('aggregate.update', aggregate);
export const aggregateUpdateMetadata = eventType('aggregate.updateMetadata', aggregate);
export const aggregateDelete = eventType('aggregate.delete', aggregate);

/** An aggregate, and a host that came or went. */
const aggregateWithHost = snapshot(t.Object({ ...aggregateFields, host: hostName }), aggregateOf);
export const aggregateAddHost = eventType('aggregate.addHost', aggregateWithHost);
export const aggregateRemoveHost = eventType('aggregate.removeHost', aggregateWithHost);

/** The hosts of an aggregate were told to cache images. */
export const aggregateCacheImages = eventType(
  'aggregate.cacheImages',
  snapshot(t.Object({ ...aggregateFields, imageIds: t.Array(t.String()) }), aggregateOf),
);

const agentBuild = snapshot(
  t.Object({
    id: t.Integer(),
    hypervisor: t.String(),
    os: t.String(),
    architecture: t.String(),
    version: t.String(),
    url: t.String(),
    md5: t.String(),
  }),
  { subjectOf: ({ id }) => String(id), projectOf: () => null },
);
export const agentBuildCreate = eventType('agentBuild.create', agentBuild);
export const agentBuildUpdate = eventType('agentBuild.update', agentBuild);
export const agentBuildDelete = eventType('agentBuild.delete', agentBuild);
