/** Verdicts as text and as JSON. */
import { MAX_BREACHES } from './invariant.ts';
import type { Repaired } from './repair.ts';
import type { Finding, Verdict } from './verify.ts';

/** A verdict as lines: one for each invariant that holds, more for a broken one. */
export const renderVerdict = ({ findings, notChecked, silent, isClean }: Verdict): string =>
  [
    ...findings.flatMap(linesOf),
    ...notChecked.map((what) => `not checked: ${what}`),
    ...silent.map((what) => `no answer: ${what}`),
    isClean ? `clean: ${findings.length} invariants hold` : `${countOf(findings)} breaches`,
  ].join('\n');

function linesOf({ invariant, breaches }: Finding): readonly string[] {
  if (breaches.length === 0) return [`ok      ${invariant.name}`];
  const more = breaches.length === MAX_BREACHES ? ' or more' : '';
  return [
    `BROKEN  ${invariant.name}: ${breaches.length}${more}. ${invariant.sentence}`,
    ...breaches.flatMap(({ what, evidence, repair }) => [
      `        ${what}`,
      `          ${Object.entries(evidence)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
      `          repair: ${repair}${invariant.repair ? '' : ' (not by --repair)'}`,
    ]),
  ];
}

const countOf = (findings: readonly Finding[]): number => findings.reduce((sum, { breaches }) => sum + breaches.length, 0);

/** Repairs as lines. */
export const renderRepairs = (repairs: readonly Repaired[]): string =>
  repairs
    .map(
      ({ invariant, subject, outcome, error }) => `${outcome.padEnd(8)}  ${invariant} ${subject}${error === undefined ? '' : `: ${error}`}`,
    )
    .join('\n');

/** A verdict as JSON. */
export const plainVerdict = ({ findings, notChecked, silent, isClean }: Verdict) => ({
  clean: isClean,
  invariants: findings.map(({ invariant: { name, sentence, isSelfHealing, repair }, breaches }) => ({
    name,
    sentence,
    selfHealing: isSelfHealing,
    repairable: repair !== undefined,
    breaches,
  })),
  notChecked,
  silent,
});
