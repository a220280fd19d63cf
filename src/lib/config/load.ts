import { readFileSync } from 'node:fs';
import { messageOf } from '../errors/error-type.ts';
import { didYouMean } from '../text/nearest.ts';
import { ConfigInvalid, type Problem } from './config-invalid.ts';
import { parseIni } from './ini.ts';
import { misspeltVariables, type OwnVariables } from './own-variables.ts';
import type { ConfigOf, Option, OptionGroup } from './option.ts';
import { type Given, resolveAll } from './resolve.ts';
import { REPEAT_SEPARATOR } from './value-type.ts';

/** Where values come from, weakest first: defaults, files in order, environment, flags. */
export interface Sources<G extends readonly OptionGroup[]> {
  readonly groups: G;
  readonly files?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Which variables of the environment are meant for the program, and those of them that are no options. */
  readonly ownVariables?: OwnVariables;
  /** Keys are `name` for [DEFAULT], else `section.name`. */
  readonly flags?: Readonly<Record<string, string>>;
}

/** The whole configuration, typed by its groups; throws ConfigInvalid naming every mistake. */
export function loadConfig<const G extends readonly OptionGroup[]>(sources: Sources<G>): ConfigOf<G> {
  const { given, problems } = readSources(sources);
  const values = resolveAll(sources.groups, given, problems);
  if (problems.length > 0) throw ConfigInvalid({ problems });
  // Seam: the values were parsed by the very options that the type is derived from.
  return values as ConfigOf<G>;
}

/** The value of one option, whatever is wrong with others: for commands that must work when the configuration is broken. */
export function loadValue(sources: Sources<readonly OptionGroup[]>, group: string, name: string): unknown {
  const { given, problems } = readSources(sources);
  // An unreadable file may have set the option.
  const unreadable = problems.filter(({ where }) => sources.files?.includes(where));
  if (unreadable.length > 0) throw ConfigInvalid({ problems: unreadable });
  return resolveAll(sources.groups, given, [])[group]?.[name];
}

function readSources(sources: Sources<readonly OptionGroup[]>): { given: Map<string, Given>; problems: Problem[] } {
  const problems: Problem[] = [];
  const given = new Map<string, Given>();
  for (const file of sources.files ?? []) readFile(file, sources.groups, given, problems);
  readEnvironment(sources, given);
  readFlags(sources, given, problems);
  problems.push(...misspeltVariables(sources));
  return { given, problems };
}

/** The key of an option among all: `section.name`. */
const keyOf = (group: string, name: string): string => `${group}.${name}`;

function readFile(file: string, groups: readonly OptionGroup[], given: Map<string, Given>, problems: Problem[]): void {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    problems.push({ where: file, what: `cannot be read (${messageOf(error)})` });
    return;
  }
  const ini = parseIni(source);
  problems.push(...ini.problems.map(({ line, what }) => ({ where: `${file}:${line}`, what })));
  const unknown = ini.sections.filter((section) => !groups.some((group) => group.name === section.name));
  for (const { name, line } of unknown) {
    problems.push({
      where: `${file}:${line}`,
      what: `unknown section [${name}]${didYouMean(
        name,
        groups.map((group) => group.name),
      )}`,
    });
  }
  const fromThisFile = new Set<string>();
  for (const entry of ini.entries) {
    const where = `${file}:${entry.line}`;
    const group = groups.find((candidate) => candidate.name === entry.section);
    if (!group) continue;
    const option = knownOption(group, entry.key, where, problems);
    if (!option) continue;
    const key = keyOf(group.name, entry.key);
    const earlier = option.type.repeats && fromThisFile.has(key) ? given.get(key) : undefined;
    given.set(key, { text: earlier ? earlier.text + REPEAT_SEPARATOR + entry.value : entry.value, where, interpolates: true });
    fromThisFile.add(key);
  }
}

function readEnvironment({ groups, env = {} }: Sources<readonly OptionGroup[]>, given: Map<string, Given>): void {
  for (const group of groups) {
    for (const [name, { env: variable }] of Object.entries(group.options)) {
      const text = variable === undefined ? undefined : env[variable];
      // Not interpolated: the shell has expanded its variables already, and a `$` in a URL's password must survive.
      if (text !== undefined && text !== '')
        given.set(keyOf(group.name, name), { text, where: `environment ${variable}`, interpolates: false });
    }
  }
}

function readFlags({ groups, flags = {} }: Sources<readonly OptionGroup[]>, given: Map<string, Given>, problems: Problem[]): void {
  for (const [flag, text] of Object.entries(flags)) {
    const [section, name] = flag.includes('.') ? [flag.slice(0, flag.indexOf('.')), flag.slice(flag.indexOf('.') + 1)] : ['DEFAULT', flag];
    const group = groups.find((candidate) => candidate.name === section);
    const where = `flag --${flag}`;
    if (!group) problems.push({ where, what: `unknown section [${section}]` });
    else if (knownOption(group, name, where, problems)) given.set(keyOf(section, name), { text, where, interpolates: false });
  }
}

function knownOption(group: OptionGroup, name: string, where: string, problems: Problem[]): Option<unknown> | undefined {
  const option = Object.hasOwn(group.options, name) ? group.options[name] : undefined;
  if (!option) problems.push({ where, what: `unknown option "${name}" in [${group.name}]${didYouMean(name, Object.keys(group.options))}` });
  return option;
}
