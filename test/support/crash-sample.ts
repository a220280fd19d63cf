import type { CrashSample } from '../../src/lib/workflow/prove-unwinding.ts';

/** At how many of its points a workflow is crashed: `NOVA_PROOF=all` (`npm run prove`) at all of them, `NOVA_PROOF=7` at one in eight, chosen by that seed. */
const wanted = process.env['NOVA_PROOF'] ?? '1';

export const crashSample: CrashSample | undefined = wanted === 'all' ? undefined : { oneOf: 8, seed: Number(wanted) };

/** The least number of runs that a proof must have made, if it makes at least so many with every crash. */
export const runsAtLeast = (all: number): number => (crashSample ? Math.floor(all / 4) : all);
