import { didYouMean } from '../lib/text/nearest.ts';
import { allOf, always, anyOf, type Check, facts, hasRole, matches, never, not } from './check.ts';

/** Resolves a reference to another rule; throws RuleMistake for an unknown name. */
export type FindRule = (name: string) => Check;

/** A rule with a syntax error; the message says why, and the caller adds the rule's name. */
export class RuleMistake extends Error {}

/** Deepest nesting of parentheses and `not`. */
const MAX_DEPTH = 50;

/**
 * Parses the language of oslo.policy: `role:x`, `rule:x`, `project_id:%(project_id)s`, `is_admin:True`, `@`, `!`, and, or, not,
 * parentheses; `and` binds tighter than `or`. An empty rule allows everybody.
 */
export function parseRule(source: string, findRule: FindRule): Check {
  const words = source.match(/\(|\)|(?:%\([^)]*\)s|'[^']*'|"[^"]*"|[^\s()])+/g) ?? [];
  if (words.length === 0) return always;
  const parser = new Parser(words, findRule);
  const check = parser.either(0);
  parser.end();
  return check;
}

class Parser {
  readonly #words: readonly string[];
  readonly #findRule: FindRule;
  #position = 0;

  constructor(words: readonly string[], findRule: FindRule) {
    this.#words = words;
    this.#findRule = findRule;
  }

  either(depth: number): Check {
    return this.#joined('or', () => this.#joined('and', () => this.#single(depth), allOf), anyOf);
  }

  end(): void {
    const word = this.#words[this.#position];
    if (word !== undefined) throw new RuleMistake(`"${word}" does not belong there`);
  }

  #joined(word: 'and' | 'or', part: () => Check, join: (checks: readonly Check[]) => Check): Check {
    const first = part();
    const checks = [first];
    while (this.#words[this.#position]?.toLowerCase() === word) {
      this.#position++;
      checks.push(part());
    }
    return checks.length === 1 ? first : join(checks);
  }

  #single(depth: number): Check {
    if (depth > MAX_DEPTH) throw new RuleMistake(`it is nested deeper than ${MAX_DEPTH}`);
    const word = this.#words[this.#position++];
    if (word === undefined) throw new RuleMistake('it ends too early');
    if (word.toLowerCase() === 'not') return not(this.#single(depth + 1));
    if (word !== '(') return this.#check(word);
    const inside = this.either(depth + 1);
    if (this.#words[this.#position++] !== ')') throw new RuleMistake('a parenthesis is not closed');
    return inside;
  }

  #check(word: string): Check {
    if (word === '@') return always;
    if (word === '!') return never;
    const [, left, match] = /^('[^']*'|"[^"]*"|[^:]+):(.+)$/.exec(word) ?? [];
    if (left === undefined || match === undefined) throw new RuleMistake(`"${word}" is no check`);
    if (left === 'rule') return this.#findRule(match);
    if (left === 'role') return hasRole(match);
    if (left === 'http' || left === 'https') throw new RuleMistake(`"${word}": checks by a remote server are not supported`);
    if (!/^["']/.test(left) && !Object.hasOwn(facts, left)) {
      throw new RuleMistake(`"${left}" is not known about a caller${didYouMean(left, ['role', 'rule', ...Object.keys(facts)])}`);
    }
    return matches(left, match);
  }
}
