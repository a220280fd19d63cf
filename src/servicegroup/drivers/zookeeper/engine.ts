import zookeeper from 'node-zookeeper-client';
import type { Clock } from '../../../lib/clock/clock.ts';
import { type Look, type Member, memberKey, type PresenceEngine, topicOf } from '../../driver.ts';
import { type SessionOptions, ZooKeeperSession } from './session.ts';

export interface ZooKeeperOptions extends SessionOptions {
  /** The node below which members are (`sg_prefix`). */
  readonly prefix: string;
  /** How often members make sure that they are there, and how long others wait for one that vanished (`sg_retry_interval`). */
  readonly retryMs: number;
}

const { NO_NODE, NODE_EXISTS } = zookeeper.Exception;

/** Keeps each member as an ephemeral node, `<prefix>/compute/<host>`, which ends with the session of its process. */
export class ZooKeeperEngine implements PresenceEngine {
  readonly name: string;
  readonly announceEveryMs: number;
  readonly settleMs: number;
  readonly #prefix: string;
  readonly #session: ZooKeeperSession;
  /** The nodes made by a session. */
  #made: { readonly session: string; readonly keys: Set<string> } = { session: '', keys: new Set() };

  constructor({ prefix, retryMs, ...session }: ZooKeeperOptions, { clock }: { clock: Clock }) {
    this.name = `ZooKeeper at ${session.address}`;
    this.announceEveryMs = retryMs;
    this.settleMs = retryMs;
    this.#prefix = prefix.replace(/\/+$/, '');
    this.#session = new ZooKeeperSession(session, clock);
  }

  async announce(members: readonly Member[]): Promise<readonly Member[]> {
    const { present } = await this.look(members);
    const { id } = this.#session;
    if (this.#made.session !== id) this.#made = { session: id, keys: new Set() };
    const { keys } = this.#made;
    const wanting = members.filter((member) => !present.has(memberKey(member)) || !keys.has(memberKey(member)));
    for (const topic of new Set(wanting.map(topicOf))) await this.#ensure(`${this.#prefix}/${topic}`);
    await Promise.all(wanting.map(async (member) => this.#appear(this.#pathOf(member), id)));
    for (const member of wanting) keys.add(memberKey(member));
    return members.filter((member) => !present.has(memberKey(member)));
  }

  async look(members: readonly Member[]): Promise<Look> {
    const present = new Set<string>();
    for (const [topic, some] of Map.groupBy(members, topicOf)) {
      const hosts = new Set(await this.#childrenOf(`${this.#prefix}/${topic}`));
      for (const member of some) if (hosts.has(member.host)) present.add(memberKey(member));
    }
    // After the answers: a session that was renewed meanwhile has another name.
    return { present, incarnation: this.#session.incarnation };
  }

  lost(): Promise<void> {
    return this.#session.renewed;
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  #pathOf(member: Member): string {
    return `${this.#prefix}/${topicOf(member)}/${member.host}`;
  }

  async #childrenOf(path: string): Promise<readonly string[]> {
    try {
      return await this.#session.ask<string[]>((client, done) => client.getChildren(path, done));
    } catch (error) {
      if (codeOf(error) === NO_NODE) return [];
      throw error;
    }
  }

  async #ensure(path: string): Promise<void> {
    await this.#session.ask<string>((client, done) => client.mkdirp(path, done));
  }

  /** Makes a node. One left by an earlier process of the same name is replaced at once: when its session ends, it would take ours along. */
  async #appear(path: string, session: string): Promise<void> {
    const { EPHEMERAL } = zookeeper.CreateMode;
    try {
      await this.#session.ask<string>((client, done) => client.create(path, EPHEMERAL, done));
    } catch (error) {
      if (codeOf(error) !== NODE_EXISTS) throw error;
      const stat = await this.#session.ask<zookeeper.Stat | null>((client, done) => client.exists(path, done));
      // Made by a request of ours whose answer was lost.
      if (stat?.ephemeralOwner.toString('hex') === session) return;
      await this.#session.ask<void>((client, done) => client.remove(path, (gone) => done(gone, undefined)));
      await this.#session.ask<string>((client, done) => client.create(path, EPHEMERAL, done));
    }
  }
}

const codeOf = (error: unknown): number | undefined => (error instanceof zookeeper.Exception ? error.getCode() : undefined);
