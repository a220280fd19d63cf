import { Type as t, type Static } from '@sinclair/typebox';
import type { PlacedGroup } from '../objects/server-group.ts';
import { flavor } from '../objects/flavor.ts';
import { hostName, serverId } from '../objects/ids.ts';
import { imageMeta } from '../objects/image.ts';

/** What is wanted of a host. */
export const requestSpec = t.Object({
  serverId,
  projectId: t.String(),
  flavor,
  image: t.Union([imageMeta, t.Null()]),
  zone: t.Union([t.String(), t.Null()]),
  hints: t.Record(t.String(), t.Unknown()),
  /** Hosts where it was tried in vain. */
  excludedHosts: t.Array(hostName),
  /** An admin may name the one host to take; filters still apply. */
  requestedHost: t.Union([hostName, t.Null()]),
  /** Why it is asked, if not for a new place: a rebuild stays where it is, and only asks whether its host can run another image. */
  purpose: t.Optional(t.Literal('rebuild')),
});
export type RequestSpec = Static<typeof requestSpec>;

/** What is wanted, with what the scheduler has looked up about it. */
export interface ResolvedRequest extends RequestSpec {
  /** The group of the server, where it is in one. */
  readonly group?: PlacedGroup | undefined;
}

/** How many hosts one filter saw and refused, and why: the commonest reasons, each with some hosts' names for operators. */
export const refusal = t.Object({
  filter: t.String(),
  seen: t.Integer(),
  refused: t.Integer(),
  reasons: t.Array(t.Object({ because: t.String(), hosts: t.Integer(), examples: t.Array(hostName) })),
  /** How many reasons are not among them. */
  otherReasons: t.Integer(),
});
export type Refusal = Static<typeof refusal>;

/** The scheduler's answer. */
export const placement = t.Union([
  t.Object({ kind: t.Literal('placed'), host: hostName, alternates: t.Array(hostName), decisionId: t.String() }),
  t.Object({ kind: t.Literal('refused'), refusals: t.Array(refusal), hosts: t.Integer(), decisionId: t.String() }),
]);
export type Placement = Static<typeof placement>;
