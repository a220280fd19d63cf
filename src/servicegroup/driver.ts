/** A running service: its binary (`nova-compute`) on its host. */
export interface Member {
  readonly binary: string;
  readonly host: string;
}

/** Where signs of life go and are read from; chosen by configuration. */
export interface ServiceGroupDriver {
  /** Tells the group that the member lives. */
  beat(member: Member): Promise<void>;
  /** Seconds since each member was last heard of; a member that never was is not among them. */
  silence(): Promise<readonly (Member & { readonly silentSeconds: number; readonly forcedDown: boolean })[]>;
}
