import type { HostName, ServerId } from './ids.ts';

/** What a group of servers may insist on, or wish for, by the API's names. */
export const groupPolicies = ['affinity', 'anti-affinity', 'soft-affinity', 'soft-anti-affinity'] as const;
export type GroupPolicy = (typeof groupPolicies)[number];

/** A group of servers of one project with a policy on where they may be. */
export interface ServerGroup {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly policy: GroupPolicy;
  /** How many members one host may have, where anti-affinity allows more than one. */
  readonly maxServerPerHost: number | null;
  /** Its servers, oldest first. */
  readonly members: readonly ServerId[];
}

/** A group as far as it decides where one of its servers may be. */
export interface PlacedGroup {
  readonly policy: GroupPolicy;
  readonly maxServerPerHost: number;
  /** How many of the others have a placement on a host, also one that they come to or leave. */
  readonly membersOn: ReadonlyMap<HostName, number>;
}
