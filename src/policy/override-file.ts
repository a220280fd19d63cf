import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { errorType, messageOf } from '../lib/errors/error-type.ts';

/** A policy file is unusable. */
export const PolicyFileInvalid = errorType(
  'PolicyFileInvalid',
  'invalid',
  (p: { file: string; problem: string }) => `${p.file}: ${p.problem}`,
);

/** What is wrong with a policy file, as the end of a sentence "the value ..."; undefined when it can be read. */
export function policyFileProblem(file: string): string | undefined {
  try {
    readOne(file);
    return undefined;
  } catch (error) {
    return `cannot be used (${messageOf(error)})`;
  }
}

/** The overrides of policy files (YAML, rule name -> rule), later files over earlier ones. */
export const readOverrides = (files: readonly string[]): Record<string, string> => Object.assign({}, ...files.map(readOne));

function readOne(file: string): Record<string, string> {
  let content: unknown;
  try {
    content = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw PolicyFileInvalid({ file, problem: messageOf(error) }, { cause: error });
  }
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content))
    throw PolicyFileInvalid({ file, problem: 'it is not a map of rule names to rules' });
  return Object.fromEntries(
    Object.entries(content).map(([name, rule]) => {
      if (typeof rule !== 'string') throw PolicyFileInvalid({ file, problem: `rule "${name}" is not a string` });
      return [name, rule];
    }),
  );
}
