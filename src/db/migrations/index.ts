import type { Kysely } from 'kysely';
import * as identity from './0001-identity.ts';
import * as workflow from './0002-workflow.ts';
import * as trace from './0003-trace.ts';
import * as image from './0004-image.ts';
import * as compute from './0005-compute.ts';
import * as network from './0006-network.ts';
import * as cloudSecrets from './0007-cloud-secrets.ts';
import * as identityAdmin from './0008-identity-admin.ts';
import * as imageMembers from './0009-image-members.ts';
import * as quotas from './0010-quotas.ts';
import * as serverDetails from './0011-server-details.ts';
import * as identityExtra from './0012-identity-extra.ts';
import * as networkQuotas from './0013-network-quotas.ts';
import * as history from './0014-history.ts';
import * as guestNames from './0015-guest-names.ts';
import * as hostChanges from './0016-host-changes.ts';
import * as hostCapabilities from './0017-host-capabilities.ts';
import * as placements from './0018-placements.ts';
import * as hostContract from './0019-host-contract.ts';
import * as events from './0020-events.ts';
import * as portBindings from './0021-port-bindings.ts';
import * as serverGroups from './0022-server-groups.ts';
import * as identityVersion from './0023-identity-version.ts';
import * as networkTags from './0025-network-tags.ts';
import * as identityOptions from './0026-identity-options.ts';
import * as loginAddresses from './0027-login-addresses.ts';
import * as idempotencyHolders from './0028-idempotency-holders.ts';
import * as shelved from './0029-shelved.ts';
import * as workInsideHosts from './0030-work-inside-hosts.ts';
import * as portTagsOfServers from './0031-port-tags-of-servers.ts';
import * as aggregates from './0032-aggregates.ts';
import * as hostFacts from './0033-host-facts.ts';
import * as moves from './0034-moves.ts';
import * as liveMigration from './0035-live-migration.ts';
import * as agentBuilds from './0036-agent-builds.ts';
import * as guestPasswords from './0037-guest-passwords.ts';
import * as defaultRules from './0038-default-rules.ts';
import * as notifications from './0039-notifications.ts';
import * as archive from './0040-archive.ts';
import * as forcedDownHosts from './0041-forced-down-hosts.ts';
import * as volumes from './0042-volumes.ts';
import * as volumeServices from './0043-volume-services.ts';
import * as routers from './0044-routers.ts';
import * as consoles from './0045-consoles.ts';
import * as workflowDeaths from './0046-workflow-deaths.ts';
import * as consoleViewers from './0047-console-viewers.ts';
import * as subnetModes from './0048-subnet-modes.ts';
import * as volumesOfServers from './0049-volumes-of-servers.ts';
import * as sharing from './0050-sharing.ts';
import * as numa from './0051-numa.ts';
import * as portForwardings from './0052-port-forwardings.ts';
import * as segments from './0053-segments.ts';
import * as usageAudits from './0054-usage-audits.ts';
import * as consoleRecordings from './0055-console-recordings.ts';
import * as networkTypes from './0056-network-types.ts';
import * as qos from './0057-qos.ts';
import * as credentials from './0058-credentials.ts';
import * as backups from './0059-backups.ts';
import * as attachmentHolders from './0060-attachment-holders.ts';
import * as volumeTransfers from './0061-volume-transfers.ts';
import * as objectstore from './0062-objectstore.ts';
import * as devices from './0063-devices.ts';
import * as volumeTypeSpecs from './0064-volume-type-specs.ts';
import * as promisedVolumes from './0065-promised-volumes.ts';

/**
 * One step of the schema: `up` runs once, in the transaction of all pending steps. There are no down steps: a mistake is
 * fixed by a new step, and a released step is never edited.
 */
export interface Migration {
  up(db: Kysely<unknown>): Promise<void>;
}

/**
 * All steps, run in the order of their names. To add one: a file `000N-<area>.ts` exporting `up`, imported here
 * (`import * as images from './0002-image.ts'`) and listed under its file's name.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-identity': identity,
  '0002-workflow': workflow,
  '0003-trace': trace,
  '0004-image': image,
  '0005-compute': compute,
  '0006-network': network,
  '0007-cloud-secrets': cloudSecrets,
  '0008-identity-admin': identityAdmin,
  '0009-image-members': imageMembers,
  '0010-quotas': quotas,
  '0011-server-details': serverDetails,
  '0012-identity-extra': identityExtra,
  '0013-network-quotas': networkQuotas,
  '0014-history': history,
  '0015-guest-names': guestNames,
  '0016-host-changes': hostChanges,
  '0017-host-capabilities': hostCapabilities,
  '0018-placements': placements,
  '0019-host-contract': hostContract,
  '0020-events': events,
  '0021-port-bindings': portBindings,
  '0022-server-groups': serverGroups,
  '0023-identity-version': identityVersion,
  '0025-network-tags': networkTags,
  '0026-identity-options': identityOptions,
  '0027-login-addresses': loginAddresses,
  '0028-idempotency-holders': idempotencyHolders,
  '0029-shelved': shelved,
  '0030-work-inside-hosts': workInsideHosts,
  '0031-port-tags-of-servers': portTagsOfServers,
  '0032-aggregates': aggregates,
  '0033-host-facts': hostFacts,
  '0034-moves': moves,
  '0035-live-migration': liveMigration,
  '0036-agent-builds': agentBuilds,
  '0037-guest-passwords': guestPasswords,
  '0038-default-rules': defaultRules,
  '0039-notifications': notifications,
  '0040-archive': archive,
  '0041-forced-down-hosts': forcedDownHosts,
  '0042-volumes': volumes,
  '0043-volume-services': volumeServices,
  '0044-routers': routers,
  '0045-consoles': consoles,
  '0046-workflow-deaths': workflowDeaths,
  '0047-console-viewers': consoleViewers,
  '0048-subnet-modes': subnetModes,
  '0049-volumes-of-servers': volumesOfServers,
  '0050-sharing': sharing,
  '0051-numa': numa,
  '0052-port-forwardings': portForwardings,
  '0053-segments': segments,
  '0054-usage-audits': usageAudits,
  '0055-console-recordings': consoleRecordings,
  '0056-network-types': networkTypes,
  '0057-qos': qos,
  '0058-credentials': credentials,
  '0059-backups': backups,
  '0060-attachment-holders': attachmentHolders,
  '0061-volume-transfers': volumeTransfers,
  '0062-objectstore': objectstore,
  '0063-devices': devices,
  '0064-volume-type-specs': volumeTypeSpecs,
  '0065-promised-volumes': promisedVolumes,
};
