/** A running service: its binary (`nova-compute`) on its host. */
export interface Member {
  readonly binary: string;
  readonly host: string;
}

/** Where signs of life go and are read from; chosen by configuration. */
export interface ServiceGroupDriver {
  /** Tells the group that these members live; answers for how long each had been silent, of those it knew. */
  beat(members: readonly Member[]): Promise<readonly (Member & { readonly silentSeconds: number })[]>;
  /** How long ago a member was last heard of; undefined when it never was. */
  silence(member: Member): Promise<{ readonly silentSeconds: number; readonly forcedDown: boolean } | undefined>;
}
