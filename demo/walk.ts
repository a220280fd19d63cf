import { Type as t } from '@sinclair/typebox';
import { askFor } from './rest.ts';
import type { Session } from './session.ts';
import { type Stage, until } from './stage.ts';

/** The services that a request to boot passes, in this order; others may come between. */
export const wayOfABoot = ['api', 'conductor', 'scheduler', 'conductor', 'network', 'compute', 'driver'] as const;

/** Hops are recorded when they end, and in batches: the last ones come a little later. */
const RECORDED_LIMIT_MS = 15_000;
const POLL_MS = 250;

const trace = t.Object({ walk: t.String() });

/** Reads from the operator API how a request to boot went, until the whole way is recorded; answers it as a table. */
export async function walkOfBoot(requestId: string, operator: { url: string; session: Session }, stage: Stage): Promise<string> {
  const question = {
    method: 'GET',
    url: `${operator.url}/os-trace/${requestId}`,
    token: operator.session.token,
    signal: stage.signal,
  } as const;
  let missing: string | undefined;
  const recorded = {
    limitMs: RECORDED_LIMIT_MS,
    everyMs: POLL_MS,
    get what() {
      return `The hop ${missing} was not recorded`;
    },
  };
  const found = await until(recorded, stage, async () => {
    const { walk } = await askFor(trace, question);
    missing = missingHop(servicesIn(walk));
    if (missing === undefined) return walk;
    stage.screen.progress(`waiting for the hop ${missing}`);
    return undefined;
  });
  return `${HEAD}\n${found.trimEnd()}`;
}

/** The columns of a walk as the operator API renders it. */
const HEAD = `${'+ms'.padStart(7)} ${'took'.padStart(9)}     service: what it did, below what asked for it; outcome; host`;

/** The services of a rendered walk, line by line: each below what asked for it, also where both began in the same millisecond. */
export const servicesIn = (walk: string): string[] =>
  [...walk.matchAll(/^ +\+\d+ +[\d.]+ ms +([\w-]+): /gm)].map(([, service = '']) => service);

/** The first hop of the way that is not there, each after the one before; undefined when the way is complete. */
export function missingHop(services: readonly string[]): string | undefined {
  let from = 0;
  for (const hop of wayOfABoot) {
    const at = services.indexOf(hop, from);
    if (at < 0) return hop;
    from = at + 1;
  }
  return undefined;
}
