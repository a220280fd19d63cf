/** The files below src and who imports whom, with the ways between files of one component. */
import type { SourceFile } from './source-tree.ts';

export class Layout {
  readonly #imports: ReadonlyMap<string, readonly string[]>;
  readonly #within = new Map<string, ReadonlySet<string>>();

  constructor(files: readonly SourceFile[]) {
    const name = (path: string) => path.replace(/^src\//, '');
    this.#imports = new Map(files.map(({ path, imports }) => [name(path), imports.map(name)]));
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

  /** The file itself and all of its component that it reaches by imports. */
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
