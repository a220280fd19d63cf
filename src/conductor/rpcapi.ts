import { type Static, Type as t } from '@sinclair/typebox';
import type { MarshalledError } from '../lib/errors/marshal.ts';
import { type Client, call, cast, contract } from '../lib/rpc/contract.ts';
import { hostReport, observedGuest } from '../objects/host-report.ts';
import { hostName, serverId, taskId } from '../objects/ids.ts';
import { networkInfo } from '../objects/network-info.ts';
import { placementRole } from '../objects/placement-role.ts';
import { powerState, vmState } from '../objects/states.ts';

/** Why a piece of work on a host failed (lib/errors/marshal); its cause travels along. */
const marshalledError = t.Unsafe<MarshalledError>({ type: 'object', required: ['code', 'kind', 'message', 'params'] });

/** What a host should have, as the books say. */
const expectedServer = t.Object({
  serverId,
  vmState,
  taskState: t.Union([t.String(), t.Null()]),
  powerState,
  /** When the books last changed it, in ISO 8601. */
  changedAt: t.Optional(t.String()),
  /** What the host is to it; `current` where an older conductor does not say. */
  role: t.Optional(placementRole),
});

/** What was seen of a guest, and as of when the books were compared with it. */
const differingGuest = t.Object({ ...observedGuest.properties, changedAt: t.Optional(t.String()) });

/** Hosts that one message tells of at most. */
export const MAX_REPORTS = 100;

/** A client of the network API waits so long at most to find its change in the server's record; then it finds it later. */
const RECORD_ADDRESSES_TIMEOUT_MS = 5_000;

/** One piece of a request's way, as JSON. */
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

/** The conductor keeps the books for those who may not: compute hosts know no database. */
export const conductorRpc = contract('conductor', {
  /** A workflow was written down by somebody who cannot run it; whoever hears this may take it. Losing it only costs time. */
  runWorkflow: cast({ to: 'any', params: { workflowId: t.String() } }),
  /** A host is done with a piece of work, well or with an error. A call, so that the host knows that it is written down. */
  reportTask: call({
    to: 'any',
    params: { taskId, error: t.Optional(marshalledError), result: t.Optional(t.Unknown()) },
    returns: t.Null(),
  }),
  /** A host is still at a piece of work, and perhaps so far. Answers whether the work is still wanted. */
  taskProgress: call({
    to: 'any',
    params: { taskId, percent: t.Optional(t.Integer({ minimum: 0, maximum: 100 })), text: t.Optional(t.String({ maxLength: 255 })) },
    returns: t.Boolean(),
  }),
  /** Whether a piece of work is still to be done: a host that was away may find old messages in its queue. */
  isTaskWanted: call({ to: 'any', params: { taskId }, returns: t.Boolean() }),
  /** The capacity of hosts that one program serves, and their sign of life. Answers those that had counted as down until then. */
  reportHosts: call({ to: 'any', params: { reports: t.Array(hostReport, { maxItems: MAX_REPORTS }) }, returns: t.Array(hostName) }),
  /** The sign of life of any other service without a database. */
  reportService: call({ to: 'any', params: { binary: t.String(), host: t.String() }, returns: t.Null() }),
  /** The servers that the books place on a host: those that are there, come there or leave it. */
  serversOnHost: call({ to: 'any', params: { host: hostName }, returns: t.Array(expectedServer) }),
  /** Guests whose power state is not what the books say, while nothing is being done to them. Of one that changed since it is not believed. */
  correctPowerStates: call({ to: 'any', params: { host: hostName, guests: t.Array(differingGuest) }, returns: t.Null() }),
  /** The addresses of a server have changed. Of two versions the higher one holds, in whatever order they come. */
  recordAddresses: call({
    to: 'any',
    params: { serverId, networkInfo, version: t.Integer() },
    returns: t.Null(),
    timeoutMs: RECORD_ADDRESSES_TIMEOUT_MS,
  }),
  /** What a host did for requests: it has no database to write their story into. Losing some is no harm. */
  recordHops: cast({ to: 'any', params: { hops: t.Array(recordedHop) } }),
});

export type ConductorRpcApi = Client<typeof conductorRpc>;
