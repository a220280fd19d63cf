import { didYouMean } from '../text/nearest.ts';
import type { Problem } from './config-invalid.ts';
import { interpolate } from './interpolate.ts';
import type { OptionGroup } from './option.ts';

/** The text given for an option, and its source. */
export interface Given {
  readonly text: string;
  readonly where: string;
  /** Whether `$name` in it refers to another option. */
  readonly interpolates: boolean;
}

/** Turns texts into values: replaces references, parses, and collects what is wrong. Keys of `given` are `section.name`. */
export function resolveAll(
  groups: readonly OptionGroup[],
  given: ReadonlyMap<string, Given>,
  problems: Problem[],
): Record<string, Record<string, unknown>> {
  const texts = new Texts(groups, given, problems);
  const valueOf = (group: OptionGroup, name: string): unknown => {
    const option = group.options[name];
    const text = texts.of(group, name, []);
    if (!option || text === undefined) return undefined;
    const parsed = option.type.parse(text);
    if ('ok' in parsed) return parsed.ok;
    const shown = option.isSecret ? 'the value' : `the value "${text}"`;
    problems.push({ where: texts.whereOf(group, name), what: `[${group.name}] ${name}: ${shown} ${parsed.refused}` });
    return undefined;
  };
  return Object.fromEntries(
    groups.map((group) => [group.name, Object.fromEntries(Object.keys(group.options).map((name) => [name, valueOf(group, name)]))]),
  );
}

/** The text of each option with its references replaced; each option is resolved once. */
class Texts {
  readonly #groups: readonly OptionGroup[];
  readonly #given: ReadonlyMap<string, Given>;
  readonly #problems: Problem[];
  readonly #done = new Map<string, string | undefined>();

  constructor(groups: readonly OptionGroup[], given: ReadonlyMap<string, Given>, problems: Problem[]) {
    this.#groups = groups;
    this.#given = given;
    this.#problems = problems;
  }

  whereOf(group: OptionGroup, name: string): string {
    return this.#given.get(`${group.name}.${name}`)?.where ?? 'default';
  }

  /** `path` holds the options being resolved, to detect a cycle. */
  of(group: OptionGroup, name: string, path: readonly string[]): string | undefined {
    const key = `${group.name}.${name}`;
    if (this.#done.has(key)) return this.#done.get(key);
    const given = this.#given.get(key);
    const text = given ? given.text : group.options[name]?.defaultText;
    const interpolates = given?.interpolates ?? true;
    const replaced = text === undefined || !interpolates ? text : interpolate(text, (to) => this.#follow(group, name, to, [...path, key]));
    this.#done.set(key, replaced);
    return replaced;
  }

  /** A name without a group is looked up in the same section, then in [DEFAULT]. */
  #follow(from: OptionGroup, option: string, to: { group: string | undefined; name: string }, path: readonly string[]): string {
    const where = this.whereOf(from, option);
    const groupNames = to.group === undefined ? [from.name, 'DEFAULT'] : [to.group];
    const group = groupNames
      .flatMap((name) => this.#groups.find((each) => each.name === name) ?? [])
      .find((each) => Object.hasOwn(each.options, to.name));
    const written = to.group === undefined ? `$${to.name}` : `\${${to.group}.${to.name}}`;
    if (!group) {
      const names = this.#groups.filter((each) => groupNames.includes(each.name)).flatMap((each) => Object.keys(each.options));
      this.#problems.push({ where, what: `[${from.name}] ${option}: ${written} names no option${didYouMean(to.name, names)}` });
      return '';
    }
    if (path.includes(`${group.name}.${to.name}`)) {
      this.#problems.push({ where, what: `[${from.name}] ${option}: ${written} leads back to itself` });
      return '';
    }
    return this.of(group, to.name, path) ?? '';
  }
}
