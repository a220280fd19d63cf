/** The files below src and their imports, with the import paths within a component. */
import type { SourceFile } from './source-tree.ts';

export class Layout {
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  readonly #within = new Map<string, ReadonlySet<string>>();

  constructor(files: readonly SourceFile[]) {
    this.#imports = new Map(files.map(({ path, imports }) => [belowSrc(path), imports.map(belowSrc)]));
  }

  /** All paths, below `src/`. */
  get paths(): readonly string[] {
    return [...this.#imports.keys()];
  }

  importsOf(path: string): readonly string[] {
    return this.#imports.get(path) ?? [];
  }

  filesOf(component: string): readonly string[] {
    return this.paths.filter((path) => path.startsWith(`${component}/`));
  }

  /** The file itself and every file of its component that it imports, directly or not. */
  within(path: string): ReadonlySet<string> {
    const known = this.#within.get(path);
    if (known) return known;
    const component = path.slice(0, path.indexOf('/') + 1);
    const reached = new Set([path]);
    for (const file of reached) for (const next of this.importsOf(file)) if (next.startsWith(component)) reached.add(next);
    this.#within.set(path, reached);
    return reached;
  }
}

/** A file outside src is named by its relative path. */
const belowSrc = (path: string): string => (path.startsWith('src/') ? path.slice('src/'.length) : `../${path}`);
