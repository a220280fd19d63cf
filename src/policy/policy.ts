import type { Context } from '../lib/context/context.ts';
import { errorType } from '../lib/errors/error-type.ts';
import { invariant } from '../lib/errors/invariant.ts';
import { didYouMean } from '../lib/text/nearest.ts';
import type { Check, Target } from './check.ts';
import { parseRule, RuleMistake } from './parse.ts';
import { helperRules, type PolicyRule, rules as novaRules } from './rules.ts';

/** The policy denies the caller. */
export const PolicyForbidden = errorType(
  'PolicyForbidden',
  'forbidden',
  (p: { rule: string }) => `Policy doesn't allow ${p.rule} to be performed.`,
);

/** The rules are wrong: a file names an unknown rule, or has a syntax error. */
export const PolicyInvalid = errorType(
  'PolicyInvalid',
  'invalid',
  (p: { rule: string; problem: string }) => `Policy rule "${p.rule}": ${p.problem}`,
);

/** Decides who may do what. Every rule is parsed once, at construction. */
export class Policy<R extends string = PolicyRule> {
  readonly #checks: ReadonlyMap<string, Check>;
  readonly #asked: ReadonlySet<string>;

  /** `overrides` replace defaults by name; they may bring helper rules of their own if some rule refers to them. */
  constructor({
    rules,
    overrides = {},
  }: { readonly rules: Readonly<Record<R, string>>; readonly overrides?: Readonly<Record<string, string>> }) {
    this.#asked = new Set(Object.keys(rules));
    const sources = { ...helperRules, ...rules, ...overrides };
    const used = new Set<string>([...Object.keys(helperRules), ...Object.keys(rules)]);
    this.#checks = compile(sources, used);
    const unused = Object.keys(overrides).find((name) => !used.has(name));
    if (unused !== undefined)
      throw PolicyInvalid({ rule: unused, problem: `there is no such rule${didYouMean(unused, Object.keys(rules))}` });
  }

  /** Whether a rule of this name exists. */
  has(name: string): name is R {
    return this.#asked.has(name);
  }

  /** Whether the caller may. Without a target the question is about the caller's own project and user. */
  may(ctx: Context, rule: R, target?: Target): boolean {
    return this.#checks.get(rule)?.(ctx, target ?? { project_id: ctx.projectId, user_id: ctx.userId }) ?? false;
  }

  /** Throws PolicyForbidden unless the caller may. */
  check(ctx: Context, rule: R, target?: Target): void {
    if (!this.may(ctx, rule, target)) throw PolicyForbidden({ rule });
  }
}

/** The policy for API edges, whose routes name rules as plain strings. An unknown name is a bug and throws. */
export function gateOf<R extends string>(
  policy: Policy<R>,
): {
  readonly may: (ctx: Context, rule: string, target?: object) => boolean;
  readonly check: (ctx: Context, rule: string, target?: object) => void;
} {
  const known = (rule: string): R => {
    invariant(policy.has(rule), `there is a policy rule ${rule}`);
    return rule;
  };
  return {
    may: (ctx, rule, target) => policy.may(ctx, known(rule), target && { ...target }),
    check: (ctx, rule, target) => policy.check(ctx, known(rule), target && { ...target }),
  };
}

/** Nova's rules with an operator's overrides. */
export const novaPolicy = (overrides: Readonly<Record<string, string>> = {}): Policy => new Policy({ rules: novaRules, overrides });

/** Parses each rule once; collects the names that rules refer to in `used`. */
function compile(sources: Readonly<Record<string, string>>, used: Set<string>): ReadonlyMap<string, Check> {
  const done = new Map<string, Check>();
  const compileOne = (name: string, path: readonly string[]): Check => {
    const finished = done.get(name);
    if (finished) return finished;
    if (path.includes(name)) throw new RuleMistake(`it refers back to itself by way of ${path.join(', ')}`);
    const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
    if (source === undefined) throw new RuleMistake(`there is no rule "${name}" to refer to${didYouMean(name, Object.keys(sources))}`);
    const check = parseRule(source, (other) => {
      used.add(other);
      return compileOne(other, [...path, name]);
    });
    done.set(name, check);
    return check;
  };
  for (const name of Object.keys(sources)) {
    try {
      compileOne(name, []);
    } catch (error) {
      throw error instanceof RuleMistake ? PolicyInvalid({ rule: name, problem: error.message }) : error;
    }
  }
  return done;
}
