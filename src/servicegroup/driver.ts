/** What a service group is made of: members, the records of their heartbeats, and engines that notice earlier when one is gone. */

/** A running service: its binary (`nova-compute`) on its host. */
export interface Member {
  readonly binary: string;
  readonly host: string;
}

/** A member in one word, as engines and tables of memory know it. */
export const memberKey = ({ binary, host }: Member): string => `${binary}:${host}`;

/** What the records say of a member. */
export interface Recorded {
  readonly silentSeconds: number;
  readonly forcedDown: boolean;
}

/** Keeps the heartbeats of members, and what operators say of them. */
export interface ServiceRecords {
  /** Records a heartbeat for these members; returns how long each known member had been silent, and whether it had been forced down. */
  beat(members: readonly Member[]): Promise<readonly (Member & { readonly silentSeconds: number; readonly wasForcedDown: boolean })[]>;
  /** The time since a member's last heartbeat; undefined if there was none. */
  silence(member: Member): Promise<Recorded | undefined>;
}

/** What an engine saw at one look. */
export interface Look {
  /** The keys of the members that are there, among those that were asked for. */
  readonly present: ReadonlySet<string>;
  /** Changes whenever the engine may have forgotten members: what was seen under another name proves nothing. */
  readonly incarnation: string;
}

/** An engine beside the database in which members are present while they live. Chosen by configuration (`servicegroup_driver`). */
export interface PresenceEngine {
  /** With its address, for operators: `Memcached at 10.0.0.1:11211`. */
  readonly name: string;
  /** How often members announce themselves, in milliseconds. */
  readonly announceEveryMs: number;
  /** How long a member must be absent until that counts, in milliseconds: time for members to come back by themselves. */
  readonly settleMs: number;
  /** Makes these members present; returns those that were not. */
  announce(members: readonly Member[]): Promise<readonly Member[]>;
  /** Rejects when the engine does not answer. */
  look(members: readonly Member[]): Promise<Look>;
  /** Resolves when members have to announce themselves again at once; absent if that never happens. */
  lost?(): Promise<void>;
  close(): Promise<void>;
}

/** What engines call the members of one binary, as in Nova: `compute`. */
export const topicOf = ({ binary }: Member): string => binary.replace(/^nova-/, '');
