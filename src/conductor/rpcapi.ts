import { type Static, Type as t } from '@sinclair/typebox';
import type { MarshalledError } from '../lib/errors/marshal.ts';
import { type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { hostReport, observedGuest } from '../objects/host-report.ts';
import { hostName, serverId, taskId } from '../objects/ids.ts';
import { transfer } from '../objects/live-migration.ts';
import { networkInfo } from '../objects/network-info.ts';
import { placementRole } from '../objects/placement-role.ts';
import { powerState, vmState } from '../objects/states.ts';
import { poolReport, wantedExport } from '../objects/volume-host.ts';

/** Why work on a host failed (lib/errors/marshal), with its causes. */
const marshalledError = t.Unsafe<MarshalledError>({ type: 'object', required: ['code', 'kind', 'message', 'params'] });

/** A server on a host, according to the books. */
const expectedServer = t.Object({
  serverId,
  vmState,
  taskState: t.Union([t.String(), t.Null()]),
  powerState,
  /** When the record last changed, in ISO 8601. */
  changedAt: t.Optional(t.String()),
  /** The host's role for the server; `current` if an older conductor does not send it. */
  role: t.Optional(placementRole),
  /** The volumes that its guest should have; absent while work on the server may change them. */
  volumes: t.Optional(t.Array(t.String())),
});

/** A guest as seen, and the version of the record that it was compared with. */
const differingGuest = t.Object({ ...observedGuest.properties, changedAt: t.Optional(t.String()) });

/** The most hosts in one message. */
export const MAX_REPORTS = 100;

/** How long a change in the network API waits for the server's record to show it; later, the record is updated in the background. */
const RECORD_ADDRESSES_TIMEOUT_MS = 5_000;

/** A hop of a request, as JSON. */
const recordedHop = t.Object({
  requestId: t.String(),
  spanId: t.String(),
  parentSpanId: t.Optional(t.String()),
  service: t.String(),
  what: t.String(),
  host: t.String(),
  startedAt: t.String(),
  durationMs: t.Number(),
  outcome: t.String(),
});
export type RecordedHop = Static<typeof recordedHop>;

/** The conductor writes for services without a database, such as compute hosts. */
export const conductorRpc = contract('conductor', {
  /**
   * A workflow was stored by a process that cannot run it; any conductor may take it. If the message is lost, the work only starts later.
   */
  runWorkflow: cast({ to: 'any', params: { workflowId: t.String() } }),
  /** The end of a host's task, with its error if it failed. A call, so that the host knows that it is stored. */
  reportTask: call({
    to: 'any',
    params: { taskId, error: t.Optional(marshalledError), result: t.Optional(t.Unknown()) },
    returns: t.Null(),
  }),
  /** The heartbeat of a task, with its progress and the task state that its server is in. Answers whether the task is still wanted. */
  taskProgress: call({
    to: 'any',
    params: {
      taskId,
      percent: t.Optional(t.Integer({ minimum: 0, maximum: 100 })),
      text: t.Optional(t.String({ maxLength: 255 })),
      taskState: t.Optional(t.String()),
      /** What a live migration has moved. */
      transfer: t.Optional(transfer),
    },
    returns: t.Boolean(),
  }),
  /** Whether a task is still wanted: a host that was down may find old messages in its queue. */
  isTaskWanted: call({ to: 'any', params: { taskId }, returns: t.Boolean() }),
  /** Capacity and heartbeat of one program's hosts. Answers those that had counted as down. */
  reportHosts: call({ to: 'any', params: { reports: t.Array(hostReport, { maxItems: MAX_REPORTS }) }, returns: t.Array(hostName) }),
  /** The heartbeat of any other service without a database. */
  reportService: call({ to: 'any', params: { binary: t.String(), host: t.String() }, returns: t.Null() }),
  /** The servers placed on a host: those that are there, moving in or moving out. */
  serversOnHost: call({ to: 'any', params: { host: hostName }, returns: t.Array(expectedServer) }),
  /** Power states that differ from those of idle servers in the books. Reports about servers that changed since are ignored. */
  correctPowerStates: call({ to: 'any', params: { host: hostName, guests: t.Array(differingGuest) }, returns: t.Null() }),
  /** Volumes that a guest has and its server has not, or the other way round. The difference is ignored while there is work on the server. */
  correctVolumes: call({ to: 'any', params: { host: hostName, serverId, volumeIds: t.Array(t.String()) }, returns: t.Null() }),
  /** The addresses of a server have changed. The highest version wins, in whatever order they arrive. */
  recordAddresses: call({
    to: 'any',
    params: { serverId, networkInfo, version: t.Integer() },
    returns: t.Null(),
    timeoutMs: RECORD_ADDRESSES_TIMEOUT_MS,
  }),
  /** A volume host's heartbeat, with the space of its pools. */
  reportVolumeHost: call({ to: 'any', params: { name: t.String(), pools: t.Array(poolReport) }, returns: t.Null() }),
  /** The connections that a volume host has to offer. */
  exportsOfVolumeHost: call({ to: 'any', params: { name: t.String() }, returns: t.Array(wantedExport) }),
  /** The hops of requests on a service without a database. Losing some is acceptable. */
  recordHops: cast({ to: 'any', params: { hops: t.Array(recordedHop) } }),
});

export type ConductorRpcApi = Client<typeof conductorRpc>;
