/** The source tree for the checks: every file with its text and imports. */
import { globSync, readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';

export interface SourceFile {
  /** From the root of the repository: `src/compute/api.ts`. */
  readonly path: string;
  readonly text: string;
  /** Our own files that it imports, for values or types: importing a type is a dependency too. */
  readonly imports: readonly string[];
  /** Packages and node's modules that it imports. */
  readonly packages: readonly string[];
}

const statement = /^[ \t]*(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm;
const dynamic = /^(?![ \t]*(?:\*|\/\/|\/\*)).*?\bimport\(\s*(['"])([^'"\n]+)\1/gm;

/** Every module that a text names: `import ... from`, `export ... from`, `import 'x'` and `import('x')`. */
export const modulesNamedIn = (text: string): string[] =>
  [...text.matchAll(statement), ...text.matchAll(dynamic)].map(([, , name]) => name ?? '');

/** The files below a folder of the repository that match a pattern. */
export function sourceFiles(root: string, pattern: string): SourceFile[] {
  return globSync(pattern, { cwd: root, exclude: (path) => path.includes('node_modules') })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

/** Parses a file. */
export function sourceFile(path: string, text: string): SourceFile {
  const named = modulesNamedIn(text);
  return {
    path,
    text,
    imports: named.filter((name) => name.startsWith('.')).map((name) => normalize(join(path, '..', name)).replaceAll('\\', '/')),
    packages: named.filter((name) => !name.startsWith('.')),
  };
}

/** Tests, and files beside sources that only tests use. */
export const isForTests = (path: string): boolean =>
  /\.(test|contract)\.ts$|\/(fixture|bus-suite)\/|\/(test-[\w-]+|[\w-]+-test-[\w-]+|[\w-]+-samples|[\w-]+-for-test)\.ts$/.test(path);
