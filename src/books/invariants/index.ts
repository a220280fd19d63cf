/** The invariants that need the database alone, in the order of their repair: usage is corrected before anything is released from it. */
import type { Invariant } from '../invariant.ts';
import { actionsEnd } from './actions-end.ts';
import { addressesHavePorts } from './addresses-have-ports.ts';
import { backupsAreHeld, snapshotsAreHeld } from './copies-are-held.ts';
import { deletedServersHoldNothing } from './deleted-servers-hold-nothing.ts';
import { eventsInOrder } from './events-in-order.ts';
import { floatingIpsAreReached } from './floating-ips-are-reached.ts';
import { forwardedPortsAreReached } from './forwarded-ports-are-reached.ts';
import { gatewaysAreKnown } from './gateways-are-known.ts';
import { groupsKeepTheirPolicy } from './groups-keep-their-policy.ts';
import { hostUsage } from './host-usage.ts';
import { idempotencyKeysAreForgotten } from './idempotency-keys-are-forgotten.ts';
import { movesAreHeld } from './moves-are-held.ts';
import { devicesHaveOneServer } from './devices-have-one-server.ts';
import { nodesAreShared } from './nodes-are-shared.ts';
import { offeredVolumesWait } from './offered-volumes-wait.ts';
import { objectsAreWhole } from './objects-are-whole.ts';
import { placementsMatchServers } from './placements-match-servers.ts';
import { poolsAreCutOnce } from './pools-are-cut-once.ts';
import { portsFollowServers } from './ports-follow-servers.ts';
import { portsHaveServers } from './ports-have-servers.ts';
import { referencesHold } from './references.ts';
import { runningServersHaveHosts } from './running-servers-have-hosts.ts';
import { serversHoldTheirVolumes } from './servers-hold-their-volumes.ts';
import { serversShowTheirAddresses } from './servers-show-their-addresses.ts';
import { sharedObjectsExist } from './shared-objects-exist.ts';
import { tasksAreHeld } from './tasks-are-held.ts';
import { volumesAreHeld } from './volumes-are-held.ts';
import { volumesAreOnOneHost } from './volumes-are-on-one-host.ts';
import { workflowsEnd } from './workflows-end.ts';
import { workflowsHoldServers } from './workflows-hold-servers.ts';

export const rowInvariants: readonly Invariant[] = [
  hostUsage,
  tasksAreHeld,
  volumesAreHeld,
  snapshotsAreHeld,
  backupsAreHeld,
  offeredVolumesWait,
  workflowsHoldServers,
  workflowsEnd,
  actionsEnd,
  deletedServersHoldNothing,
  movesAreHeld,
  placementsMatchServers,
  nodesAreShared,
  devicesHaveOneServer,
  runningServersHaveHosts,
  groupsKeepTheirPolicy,
  portsHaveServers,
  portsFollowServers,
  addressesHavePorts,
  gatewaysAreKnown,
  floatingIpsAreReached,
  forwardedPortsAreReached,
  sharedObjectsExist,
  poolsAreCutOnce,
  serversShowTheirAddresses,
  serversHoldTheirVolumes,
  volumesAreOnOneHost,
  objectsAreWhole,
  eventsInOrder,
  idempotencyKeysAreForgotten,
  ...referencesHold,
];
