/** A running service: its binary (`nova-compute`) on its host. */
export interface Member {
  readonly binary: string;
  readonly host: string;
}

/** Stores heartbeats; chosen by configuration. */
export interface ServiceGroupDriver {
  /** Records a heartbeat for these members; returns how long each known member had been silent, and whether it had been forced down. */
  beat(members: readonly Member[]): Promise<readonly (Member & { readonly silentSeconds: number; readonly wasForcedDown: boolean })[]>;
  /** The time since a member's last heartbeat; undefined if there was none. */
  silence(member: Member): Promise<{ readonly silentSeconds: number; readonly forcedDown: boolean } | undefined>;
}
