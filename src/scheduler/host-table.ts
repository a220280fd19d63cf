import { type HostChanges, type Horizon, NOTHING_SEEN, readHostChanges } from '../db/stores/hosts/host-changes.ts';
import type { CellDb } from '../db/sql/queries.ts';
import type { HostName } from '../objects/ids.ts';
import type { ServiceGroup } from '../servicegroup/api.ts';
import { type HostState, hostStateOf } from './host-state.ts';

export interface HostTableOptions {
  readonly downAfterSeconds: number;
  /** Knows better than records which hosts are silent, where members are present at an engine. */
  readonly group?: Pick<ServiceGroup, 'silentHosts'> | undefined;
}

/**
 * All hosts in memory, updated at the start of each request. Unlike a cache it is never stale: its answer is the state of the
 * database at one instant after the call, but it reads only what changed since the last request.
 */
export class HostTable {
  readonly #db: CellDb;
  readonly #options: HostTableOptions;
  #horizon: Horizon | undefined;
  /** Never mutated in place: earlier callers may still hold it. */
  #hosts: readonly HostState[] = [];
  #places = new Map<HostName, number>();
  #reading: Promise<unknown> = Promise.resolve();
  #next: Promise<readonly HostState[]> | undefined;

  constructor(db: CellDb, options: HostTableOptions) {
    this.#db = db;
    this.#options = options;
  }

  /** Every host as of one instant after this call. Calls during a running read share the next read. */
  current(): Promise<readonly HostState[]> {
    if (!this.#next) {
      this.#next = this.#readAfter(this.#reading);
      this.#reading = this.#next.catch(() => {});
    }
    return this.#next;
  }

  async #readAfter(earlier: Promise<unknown>): Promise<readonly HostState[]> {
    await earlier;
    // Later callers may need changes newer than this read, so they get another one.
    this.#next = undefined;
    const news = await this.#read();
    this.#horizon = news.horizon;
    this.#take(news);
    const { group } = this.#options;
    return this.#silenced(group ? await group.silentHosts(this.#hosts, news.silent) : news.silent);
  }

  async #read(): Promise<HostChanges> {
    const news = await readHostChanges(this.#db, this.#horizon?.transaction ?? NOTHING_SEEN, this.#options.downAfterSeconds);
    if (!this.#horizon || news.horizon.serverStart === this.#horizon.serverStart) return news;
    // The database server was restarted or replaced, so transaction ids are not comparable: read everything again.
    this.#hosts = [];
    this.#places = new Map();
    return await readHostChanges(this.#db, NOTHING_SEEN, this.#options.downAfterSeconds);
  }

  #take({ changed, removed }: HostChanges): void {
    if (changed.length === 0 && removed.length === 0) return;
    const hosts = [...this.#hosts];
    for (const row of changed) {
      const place = this.#places.get(row.host) ?? hosts.length;
      hosts[place] = hostStateOf(row);
      this.#places.set(row.host, place);
    }
    for (const host of removed) {
      const place = this.#places.get(host);
      const last = hosts.at(-1);
      if (place === undefined || !last) continue;
      hosts[place] = last;
      this.#places.set(last.host, place);
      hosts.pop();
      this.#places.delete(host);
    }
    this.#hosts = hosts;
  }

  /** The hosts, with those that were silent for too long marked as down. */
  #silenced(silent: HostChanges['silent']): readonly HostState[] {
    if (silent.size === 0) return this.#hosts;
    const hosts = [...this.#hosts];
    for (const [host, seconds] of silent) {
      const place = this.#places.get(host as HostName);
      const state = place === undefined ? undefined : hosts[place];
      if (place !== undefined && state) hosts[place] = hostStateOf(state, seconds);
    }
    return hosts;
  }
}
