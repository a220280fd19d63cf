import { change, type Changing } from '../../db/change.ts';
import type { CellDb, InCell } from '../../db/sql/queries.ts';
import {
  addHost,
  deleteAggregate,
  findAggregate,
  holdAggregates,
  holdHosts,
  insertAggregate,
  isAggregateName,
  listAggregates,
  removeHost,
  updateAggregate,
} from '../../db/stores/hosts/aggregates.ts';
import {
  aggregateAddHost,
  aggregateCreate,
  aggregateDelete,
  aggregateRemoveHost,
  aggregateUpdate,
  aggregateUpdateMetadata,
} from '../../events/compute.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import type { Context } from '../../lib/context/context.ts';
import { type Aggregate, ZONE_KEY, zoneGivenBy } from '../../objects/aggregate.ts';
import type { HostName } from '../../objects/ids.ts';
import type { Policy } from '../../policy/policy.ts';
import type { PolicyRule } from '../../policy/rules.ts';
import {
  AggregateHostExists,
  AggregateHostNotFound,
  AggregateNameExists,
  AggregateNotDeleted,
  AggregateNotFound,
  AggregateNotUpdated,
  ComputeHostNotFound,
  HostNotAdded,
  HostNotRemoved,
  MetadataNotUpdated,
} from './errors.ts';
import { whyZonesStay } from './zone-change.ts';

interface Deps {
  readonly db: CellDb;
  readonly policy: Policy;
  readonly ids: Ids;
}

type Verb = 'index' | 'create' | 'show' | 'update' | 'delete' | 'add_host' | 'remove_host' | 'set_metadata';

/** Metadata to set; null removes a key. */
export type MetadataChanges = Readonly<Record<string, string | null>>;

/** Aggregates: groups of hosts with metadata. One with the metadata `availability_zone` is an availability zone. */
export class AggregateApi {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async list(ctx: Context): Promise<readonly Aggregate[]> {
    this.#check(ctx, 'index');
    return await listAggregates(this.#deps.db);
  }

  async find(ctx: Context, id: number): Promise<Aggregate> {
    this.#check(ctx, 'show');
    return await existing(this.#deps.db, id);
  }

  async create(ctx: Context, { name, zone }: { readonly name: string; readonly zone: string | null }): Promise<Aggregate> {
    this.#check(ctx, 'create');
    const uuid = this.#deps.ids.uuid();
    return await this.#change(ctx, 'aggregate.create', async ({ trx, tell }) => {
      if (await isAggregateName(trx, name)) throw AggregateNameExists({ name });
      const metadata = zone === null ? {} : { [ZONE_KEY]: zone };
      const made = await existing(trx, await insertAggregate(trx, { uuid, name, metadata }));
      tell(aggregateCreate(made));
      return made;
    });
  }

  /** Changes the name or the zone; what is left out stays. */
  async update(ctx: Context, id: number, { name, zone }: { readonly name?: string; readonly zone?: string | null }): Promise<Aggregate> {
    this.#check(ctx, 'update');
    return await this.#change(ctx, `aggregate.update ${id}`, async ({ trx, tell }) => {
      const aggregate = await existing(trx, id);
      if (name !== undefined && (await isAggregateName(trx, name, { except: id }))) throw AggregateNameExists({ name });
      const metadata = zone === undefined ? aggregate.metadata : withChanges(aggregate.metadata, { [ZONE_KEY]: zone });
      await checkZone(trx, aggregate, { to: zoneGivenBy(metadata) }, AggregateNotUpdated);
      await updateAggregate(trx, id, { ...(name === undefined ? {} : { name }), metadata });
      const changed = await existing(trx, id);
      tell(aggregateUpdate(changed));
      return changed;
    });
  }

  async setMetadata(ctx: Context, id: number, changes: MetadataChanges): Promise<Aggregate> {
    this.#check(ctx, 'set_metadata');
    return await this.#change(ctx, `aggregate.setMetadata ${id}`, async ({ trx, tell }) => {
      const aggregate = await existing(trx, id);
      const metadata = withChanges(aggregate.metadata, changes);
      await checkZone(trx, aggregate, { to: zoneGivenBy(metadata) }, MetadataNotUpdated);
      await updateAggregate(trx, id, { metadata });
      const changed = await existing(trx, id);
      tell(aggregateUpdateMetadata(changed));
      return changed;
    });
  }

  async delete(ctx: Context, id: number): Promise<void> {
    this.#check(ctx, 'delete');
    await change(ctx, { db: this.#deps.db, what: `aggregate.delete ${id}` }, async ({ trx, tell }) => {
      await holdAggregates(trx);
      const aggregate = await existing(trx, id);
      if (aggregate.hosts.length > 0) throw AggregateNotDeleted({ id, because: 'Host aggregate is not empty' });
      await deleteAggregate(trx, id);
      tell(aggregateDelete(aggregate));
    });
  }

  async addHost(ctx: Context, id: number, host: HostName): Promise<Aggregate> {
    this.#check(ctx, 'add_host');
    return await this.#change(ctx, `aggregate.addHost ${id}`, async ({ trx, tell }) => {
      const { hosts, metadata } = await existing(trx, id);
      const held = await holdHosts(trx, [host], id);
      if (held.length === 0) throw ComputeHostNotFound({ host });
      if (hosts.includes(host)) throw AggregateHostExists({ id, host });
      const because = whyZonesStay(held, { from: null, to: zoneGivenBy(metadata) });
      if (because !== undefined) throw HostNotAdded({ id, because });
      await addHost(trx, id, host);
      const grown = await existing(trx, id);
      tell(aggregateAddHost({ ...grown, host }));
      return grown;
    });
  }

  async removeHost(ctx: Context, id: number, host: HostName): Promise<Aggregate> {
    this.#check(ctx, 'remove_host');
    return await this.#change(ctx, `aggregate.removeHost ${id}`, async ({ trx, tell }) => {
      const { hosts, metadata } = await existing(trx, id);
      if (!hosts.includes(host)) throw AggregateHostNotFound({ id, host });
      const because = whyZonesStay(await holdHosts(trx, [host], id), { from: zoneGivenBy(metadata), to: null });
      if (because !== undefined) throw HostNotRemoved({ id, because });
      await removeHost(trx, id, host);
      const left = await existing(trx, id);
      tell(aggregateRemoveHost({ ...left, host }));
      return left;
    });
  }

  #check(ctx: Context, verb: Verb): void {
    const rule: PolicyRule = `os_compute_api:os-aggregates:${verb}`;
    this.#deps.policy.check(ctx, rule);
  }

  async #change(ctx: Context, what: string, work: (changing: Changing<CellDb>) => Promise<Aggregate>): Promise<Aggregate> {
    const memory = { keep: asKept, recall: recalled };
    return await change(ctx, { db: this.#deps.db, what, ...memory }, async (changing) => {
      await holdAggregates(changing.trx);
      return await work(changing);
    });
  }
}

/** An aggregate as JSON holds it. */
const asKept = ({ createdAt, updatedAt, ...rest }: Aggregate) => ({
  ...rest,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt?.toISOString() ?? null,
});

const recalled = ({ createdAt, updatedAt, ...rest }: ReturnType<typeof asKept>): Aggregate => ({
  ...rest,
  createdAt: new Date(createdAt),
  updatedAt: updatedAt === null ? null : new Date(updatedAt),
});

async function existing(db: CellDb, id: number): Promise<Aggregate> {
  const aggregate = await findAggregate(db, id);
  if (!aggregate) throw AggregateNotFound({ id: String(id) });
  return aggregate;
}

/** Metadata with some keys set and some removed. */
function withChanges(metadata: Aggregate['metadata'], changes: MetadataChanges): Record<string, string> {
  const next = Object.entries({ ...metadata, ...changes }).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
  return Object.fromEntries(next);
}

type Refuse = (p: { readonly id: number; readonly because: string }) => Error;

/** Throws unless the aggregate may give another zone to its hosts. Hosts are locked only where the zone changes. */
async function checkZone(trx: InCell, aggregate: Aggregate, { to }: { readonly to: string | null }, refuse: Refuse): Promise<void> {
  const { id, hosts, metadata } = aggregate;
  const from = zoneGivenBy(metadata);
  if (from === to) return;
  const because = whyZonesStay(await holdHosts(trx, hosts, id), { from, to });
  if (because !== undefined) throw refuse({ id, because });
}
