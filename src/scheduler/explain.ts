/** Why a request gets the host that it gets, or none: what decide() does, told for every host, every filter and every weigher. Pure. */
import type { Rules } from './decide.ts';
import type { Filter } from './filters/filter.ts';
import { appliesTo } from './filters/through-filters.ts';
import type { HostState } from './host-state.ts';
import type { ResolvedRequest } from './request.ts';
import { weigh } from './weights/weigh.ts';

/** A filter that refuses a host. */
export interface Objection {
  readonly filter: string;
  readonly because: string;
}

/** What one weigher adds to the weight of a host. */
export interface Share {
  readonly weigher: string;
  /** What it measured, in its own unit. */
  readonly raw: number;
  /** Normalised among the hosts that fit, and multiplied. */
  readonly share: number;
}

/** One host as the scheduler sees it for one request. */
export interface ExplainedHost {
  readonly host: string;
  readonly zone: string;
  /** Every filter that refuses it, also those that a refused host does not come to; empty if it fits. */
  readonly objections: readonly Objection[];
  /** What would have to be otherwise for it to fit; undefined if it fits, or if no other request helps. */
  readonly wouldFit: readonly string[] | undefined;
  /** Only of hosts that fit. */
  readonly weight: number | undefined;
  readonly shares: readonly Share[];
}

export interface Explanation {
  /** The best hosts first, then those that miss by least. */
  readonly hosts: readonly ExplainedHost[];
  /** The filters that had something to check, in order. */
  readonly filters: readonly string[];
  /** The host with the highest weight. Among equals the scheduler draws one. */
  readonly winner: string | undefined;
  /** If none fits: the smallest change of the request that would help. */
  readonly smallestChange: readonly string[] | undefined;
}

/** Explains a request on a snapshot of all hosts. */
export function explain(hosts: readonly HostState[], request: ResolvedRequest, rules: Rules): Explanation {
  const checks = rules.filters.flatMap((filter) => {
    const check = appliesTo(filter, request) ? filter.checkFor(request, rules.options) : undefined;
    return check ? [{ filter, check }] : [];
  });
  const judged = hosts.map((host) => {
    const refusing = checks.flatMap(({ filter, check }) => {
      const verdict = check(host);
      return verdict.passes ? [] : [{ filter, because: verdict.because }];
    });
    return { host, refusing };
  });
  const fitting = weighed(
    judged.filter(({ refusing }) => refusing.length === 0).map(({ host }) => host),
    request,
    rules,
  );
  const missing = judged
    .filter(({ refusing }) => refusing.length > 0)
    .map(({ host, refusing }) => refused(host, refusing, request))
    .sort((a, b) => a.cost - b.cost);
  return {
    hosts: [...fitting, ...missing.map(({ told }) => told)],
    filters: checks.map(({ filter }) => filter.name),
    winner: fitting[0]?.host,
    smallestChange: fitting.length > 0 ? undefined : missing[0]?.told.wouldFit,
  };
}

function weighed(hosts: readonly HostState[], request: ResolvedRequest, { weighers, options }: Rules): readonly ExplainedHost[] {
  const shares: Share[][] = hosts.map(() => []);
  const weights = weigh(hosts, request, {
    weighers,
    options,
    note: ({ name }, place, raw, share) => shares[place]?.push({ weigher: name, raw, share }),
  });
  return hosts
    .map(({ host, zone }, place) => ({
      host,
      zone,
      objections: [],
      wouldFit: undefined,
      weight: weights[place] ?? 0,
      shares: shares[place] ?? [],
    }))
    .sort((a, b) => b.weight - a.weight);
}

/** A refused host, and how much it costs to make it fit; infinite where no other request helps. */
function refused(
  { host, zone, ...state }: HostState,
  refusing: readonly { readonly filter: Filter; readonly because: string }[],
  request: ResolvedRequest,
) {
  const remedies = refusing.map(({ filter }) => filter.remedy?.({ host, zone, ...state }, request));
  const helpful = remedies.filter((remedy) => remedy !== undefined);
  const isHelped = helpful.length === remedies.length;
  const told: ExplainedHost = {
    host,
    zone,
    objections: refusing.map(({ filter, because }) => ({ filter: filter.name, because })),
    wouldFit: isHelped ? [...new Set(helpful.map(({ change }) => change))] : undefined,
    weight: undefined,
    shares: [],
  };
  return { told, cost: isHelped ? helpful.reduce((sum, { cost }) => sum + cost, 0) : Number.POSITIVE_INFINITY };
}
