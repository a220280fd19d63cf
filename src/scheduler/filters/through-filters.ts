import type { HostState } from '../host-state.ts';
import type { SchedulerOptions } from '../options.ts';
import type { Refusal, ResolvedRequest } from '../request.ts';
import type { Check, Filter } from './filter.ts';

/** How many distinct reasons are kept per filter, most frequent first. */
const MAX_REASONS = 10;
/** How many hosts are named per reason. */
const MAX_EXAMPLES = 5;

/** The hosts that pass all filters, and for each filter that refused hosts, how many and why. A refused host skips the later filters. */
export function throughFilters(
  hosts: readonly HostState[],
  request: ResolvedRequest,
  { filters, options }: { readonly filters: readonly Filter[]; readonly options: SchedulerOptions },
) {
  let remaining = hosts;
  const refusals: Refusal[] = [];
  for (const filter of filters) {
    if (!appliesTo(filter, request)) continue;
    const check = filter.checkFor(request, options);
    if (!check) continue;
    const { passed, reasons } = checked(remaining, check);
    if (passed.length < remaining.length) refusals.push(refusalOf(filter, remaining.length, remaining.length - passed.length, reasons));
    remaining = passed;
  }
  return { remaining, refusals };
}

/** A rebuild stays where it is: only filters that look at the image run. */
export const appliesTo = ({ onRebuild }: Filter, { purpose }: ResolvedRequest): boolean => purpose !== 'rebuild' || onRebuild === true;

type Reasons = Map<string, { hosts: number; readonly examples: Refusal['reasons'][number]['examples'] }>;

/** Allocates nothing when no host is refused, the common case with thousands of hosts. */
function checked(hosts: readonly HostState[], check: Check) {
  const reasons: Reasons = new Map();
  let passed: HostState[] | undefined;
  let place = 0;
  for (const host of hosts) {
    const verdict = check(host);
    if (verdict.passes) passed?.push(host);
    else {
      passed ??= hosts.slice(0, place);
      note(reasons, verdict.because, host);
    }
    place += 1;
  }
  return { passed: passed ?? hosts, reasons };
}

function note(reasons: Reasons, because: string, { host }: HostState): void {
  const like = reasons.get(because) ?? { hosts: 0, examples: [] };
  if (like.hosts === 0) reasons.set(because, like);
  like.hosts += 1;
  if (like.examples.length < MAX_EXAMPLES) like.examples.push(host);
}

function refusalOf({ name }: Filter, seen: number, refused: number, reasons: Reasons): Refusal {
  const told = [...reasons]
    .sort(([, a], [, b]) => b.hosts - a.hosts)
    .slice(0, MAX_REASONS)
    .map(([because, { hosts, examples }]) => ({ because, hosts, examples }));
  return { filter: name, seen, refused, reasons: told, otherReasons: reasons.size - told.length };
}
