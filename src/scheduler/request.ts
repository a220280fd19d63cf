import { Type as t, type Static } from '@sinclair/typebox';
import type { PlacedGroup } from '../objects/server-group.ts';
import { type Flavor, flavor } from '../objects/flavor.ts';
import { type HostName, hostName, serverId } from '../objects/ids.ts';
import { imageMeta } from '../objects/image.ts';
import type { Server } from '../objects/server.ts';
import { rootVolumeOf } from '../objects/server-volume.ts';

/** What a request needs from a host. */
export const requestSpec = t.Object({
  serverId,
  projectId: t.String(),
  flavor,
  image: t.Union([imageMeta, t.Null()]),
  /** Whether its root disk is a volume. */
  isVolumeBacked: t.Optional(t.Boolean()),
  zone: t.Union([t.String(), t.Null()]),
  hints: t.Record(t.String(), t.Unknown()),
  /** Hosts on which earlier attempts failed. */
  excludedHosts: t.Array(hostName),
  /** The host that an admin requested; filters still apply. */
  requestedHost: t.Union([hostName, t.Null()]),
  /** Set for a rebuild, which stays on its host and only checks that the host can run the new image. */
  purpose: t.Optional(t.Literal('rebuild')),
});
export type RequestSpec = Static<typeof requestSpec>;

/** What a server that moves, or is on no host, needs from its next one. */
export const requestFor = (server: Server, { flavor = server.flavor, requestedHost, excludedHosts = [] }: WantedHost): RequestSpec => ({
  serverId: server.id,
  projectId: server.projectId,
  flavor,
  image: server.image,
  isVolumeBacked: rootVolumeOf(server) !== undefined,
  zone: server.requestedZone,
  hints: { ...server.schedulerHints },
  excludedHosts: [...excludedHosts],
  requestedHost,
});

interface WantedHost {
  /** The flavor that the server will have; by default its own. */
  readonly flavor?: Flavor;
  readonly requestedHost: HostName | null;
  /** Hosts on which earlier attempts failed, or which it leaves. */
  readonly excludedHosts?: readonly HostName[];
}

/** What is looked up only if an enabled filter or weigher needs it. */
export type Lookup = 'otherFlavors' | 'likeImages';

/** What is wanted, with what the scheduler has looked up about it. */
export interface ResolvedRequest extends RequestSpec {
  /** The hosts with servers of another flavor (lookup `otherFlavors`). */
  readonly hostsOfOtherFlavors?: ReadonlySet<HostName> | undefined;
  /** For each host, how alike its servers' images are to this one's, by the weights of the image's properties (lookup `likeImages`). */
  readonly likeImagesOn?: ReadonlyMap<HostName, number> | undefined;
  /** The group of the server, where it is in one. */
  readonly group?: PlacedGroup | undefined;
}

/** How many hosts one filter saw and refused, and why: the commonest reasons, each with some hosts' names for operators. */
export const refusal = t.Object({
  filter: t.String(),
  seen: t.Integer(),
  refused: t.Integer(),
  reasons: t.Array(t.Object({ because: t.String(), hosts: t.Integer(), examples: t.Array(hostName) })),
  /** How many further reasons are not listed. */
  otherReasons: t.Integer(),
});
export type Refusal = Static<typeof refusal>;

/** The scheduler's answer. */
export const placement = t.Union([
  t.Object({ kind: t.Literal('placed'), host: hostName, alternates: t.Array(hostName), decisionId: t.String() }),
  t.Object({ kind: t.Literal('refused'), refusals: t.Array(refusal), hosts: t.Integer(), decisionId: t.String() }),
]);
export type Placement = Static<typeof placement>;
