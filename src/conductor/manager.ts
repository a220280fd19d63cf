import type { CellDb } from '../db/sql/queries.ts';
import { change } from '../db/change.ts';
import { saveHostReports } from '../db/stores/hosts/hosts.ts';
import type { AllocationRules } from '../db/stores/hosts/inventories.ts';
import { noteTransfer } from '../db/stores/moves/live-migrations.ts';
import { writeHops } from '../db/stores/cloud/request-story.ts';
import { saveAddresses } from '../db/stores/servers/addresses.ts';
import { completeEvacuations } from '../db/stores/moves/migrations.ts';
import { serversPlacedOn } from '../db/stores/servers/places.ts';
import { showProgress, showTaskState } from '../db/stores/servers/progress.ts';
import { correctPower } from '../db/stores/servers/servers.ts';
import { serverCorrectPower } from '../events/servers.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { MarshalledError } from '../lib/errors/marshal.ts';
import type { Manager } from '../lib/rpc/contract.ts';
import { isAwaited } from '../lib/workflow/awaited.ts';
import { noteProgress } from '../lib/workflow/progress.ts';
import type { ReportOutcome } from '../lib/workflow/report.ts';
import type { HostReport, ObservedGuest } from '../objects/host-report.ts';
import { asId, type HostName, type ServerId, type TaskId } from '../objects/ids.ts';
import type { Transfer } from '../objects/live-migration.ts';
import type { ServerAddresses } from '../objects/network-info.ts';
import { taskStates } from '../objects/states.ts';
import type { PoolReport, WantedExport } from '../objects/volume-host.ts';
import type { ServiceGroup } from '../servicegroup/api.ts';
import { powerCorrection } from './power-correction.ts';
import { volumesToHave, writeMending } from './volume-correction.ts';
import type { conductorRpc, RecordedHop } from './rpcapi.ts';

export interface ConductorDeps {
  readonly db: CellDb;
  readonly ids: Ids;
  /** Starts a stored workflow; a no-op if it is running already. */
  readonly run: (workflowId: string) => void;
  /** Stores the report of a task and wakes the step that waits for it, in whichever process. */
  readonly report: (taskId: string, outcome: ReportOutcome) => Promise<void>;
  readonly serviceGroup: Pick<ServiceGroup, 'beat'>;
  readonly allocationRules: AllocationRules;
  readonly volumeHosts: VolumeHostBooks;
}

/** What volume hosts tell and ask. */
export interface VolumeHostBooks {
  report(host: string, pools: readonly PoolReport[]): Promise<void>;
  exportsOf(host: string): Promise<WantedExport[]>;
}

/** Runs workflows, and writes to the database on behalf of services without access to it. */
export class ConductorManager implements Manager<typeof conductorRpc> {
  readonly #deps: ConductorDeps;

  constructor(deps: ConductorDeps) {
    this.#deps = deps;
  }

  async runWorkflow(_ctx: Context, { workflowId }: { workflowId: string }): Promise<void> {
    this.#deps.run(workflowId);
  }

  async reportTask(_ctx: Context, { taskId, error, result }: { taskId: TaskId; error?: MarshalledError; result?: unknown }): Promise<void> {
    await this.#deps.report(taskId, error ? { error } : { ok: result ?? null });
  }

  async taskProgress(
    _ctx: Context,
    {
      taskId,
      percent,
      text,
      taskState,
      transfer,
    }: { taskId: TaskId; percent?: number; text?: string; taskState?: string; transfer?: Transfer },
  ): Promise<boolean> {
    const { db } = this.#deps;
    const waiting = await noteProgress(db, taskId, text);
    if (!waiting) return false;
    // A newer host may know task states that this conductor does not.
    const known = taskStates.find((state) => state === taskState);
    if (known) await showTaskState(db, waiting.subject, waiting.workflowId, known);
    if (percent !== undefined) await showProgress(db, waiting.subject, waiting.workflowId, percent);
    if (transfer !== undefined) await noteTransfer(db, waiting.subject, transfer);
    return true;
  }

  async isTaskWanted(_ctx: Context, { taskId }: { taskId: TaskId }): Promise<boolean> {
    return await isAwaited(this.#deps.db, taskId);
  }

  async reportHosts(_ctx: Context, { reports }: { reports: HostReport[] }): Promise<HostName[]> {
    const { db, ids, allocationRules, serviceGroup } = this.#deps;
    await saveHostReports(db, reports, allocationRules, ids);
    const hadBeenDown = await serviceGroup.beat(reports.map(({ host }) => ({ binary: 'nova-compute', host })));
    return hadBeenDown.map(({ host }) => asId<HostName>(host));
  }

  async reportService(_ctx: Context, member: { binary: string; host: string }): Promise<void> {
    await this.#deps.serviceGroup.beat([member]);
  }

  async serversOnHost(_ctx: Context, { host }: { host: HostName }) {
    await completeEvacuations(this.#deps.db, host);
    const placed = await serversPlacedOn(this.#deps.db, host);
    return placed.map(({ role, server }) => {
      const { id, vmState, taskState, powerState, updatedAt } = server;
      const volumes = volumesToHave({ role, server });
      return { serverId: id, vmState, taskState, powerState, changedAt: updatedAt.toISOString(), role, ...(volumes && { volumes }) };
    });
  }

  async correctVolumes(
    ctx: Context,
    { host, serverId, volumeIds }: { host: HostName; serverId: ServerId; volumeIds: string[] },
  ): Promise<void> {
    const { db, run } = this.#deps;
    const placed = (await serversPlacedOn(db, host)).find(({ server }) => server.id === serverId);
    if (placed) for (const workflowId of await writeMending(ctx, db, { host, placed, volumeIds })) run(workflowId);
  }

  async recordAddresses(_ctx: Context, { serverId, ...addresses }: { serverId: ServerId } & ServerAddresses): Promise<void> {
    await saveAddresses(this.#deps.db, serverId, addresses);
  }

  async reportVolumeHost(_ctx: Context, { name, pools }: { name: string; pools: PoolReport[] }): Promise<void> {
    await this.#deps.volumeHosts.report(name, pools);
  }

  async exportsOfVolumeHost(_ctx: Context, { name }: { name: string }): Promise<WantedExport[]> {
    return await this.#deps.volumeHosts.exportsOf(name);
  }

  async recordHops(_ctx: Context, { hops }: { hops: RecordedHop[] }): Promise<void> {
    await writeHops(
      this.#deps.db,
      hops.map(({ parentSpanId, startedAt, ...hop }) => ({ ...hop, parentSpanId, startedAt: new Date(startedAt) })),
    );
  }

  async correctPowerStates(
    ctx: Context,
    { host, guests }: { host: HostName; guests: (ObservedGuest & { changedAt?: string })[] },
  ): Promise<void> {
    const observed = new Map(guests.map((guest) => [guest.serverId, guest]));
    for (const { role, server } of await serversPlacedOn(this.#deps.db, host)) {
      // The guest of a move's other host says nothing about the server; older hosts report it all the same.
      const guest = role === 'current' ? observed.get(server.id) : undefined;
      // The message may have been queued while the server was stopped or started.
      if (guest?.changedAt !== undefined && guest.changedAt !== server.updatedAt.toISOString()) continue;
      const next = guest && powerCorrection(server, guest.powerState);
      if (!next) continue;
      const what = `server.correctPower ${server.id}`;
      await change(ctx, { db: this.#deps.db, what }, async ({ trx, tell }) => {
        const corrected = await correctPower(trx, { id: server.id, host, from: server.vmState, next });
        if (corrected) tell(serverCorrectPower(corrected));
      });
    }
  }
}
