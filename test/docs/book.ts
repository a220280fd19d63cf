/** The documentation pages, and what they claim about the tree: links, paths, tables. */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A page, with its path from the root. */
export interface Page {
  readonly path: string;
  readonly text: string;
}

const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/**/*.md'];

/** Every page, in alphabetical order. */
export const pages = (): readonly Page[] =>
  globSync(PAGES, { cwd: ROOT })
    .sort()
    .map((path) => page(path));

export const page = (path: string): Page => ({ path, text: readFileSync(join(ROOT, path), 'utf8') });

/** A link's target from the root, and the heading in it; '' for none. */
export interface Link {
  readonly path: string;
  readonly anchor: string;
}

/** The links of a page that lead into the tree. */
export const linksOf = ({ path, text }: Page): readonly Link[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [to = '', anchor = ''] = target.split('#');
    return [{ path: to === '' ? path : join(dirname(path), to), anchor }];
  });

/** Whether a link's target exists. */
export const leadsSomewhere = ({ path, anchor }: Link): boolean =>
  exists(path) && (anchor === '' || anchorsOf(page(path)).includes(anchor));

/** The anchors of headings: lower-case words joined by hyphens. */
const anchorsOf = ({ text }: Page): readonly string[] =>
  [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, '')
      .replaceAll(' ', '-'),
  );

/** Root folders whose files the pages name. */
const FOLDER = /^(\.ci|bench|bin|demo|docs|etc|guest|packages|src|test)\//;

/** A path below one of the folders, or any path that ends like a source file, to catch relative ones. */
const isPath = (word: string): boolean => FOLDER.test(word) || /^[\w.-]+(\/[\w.-]+)+\.(ts|md|json|sample)$/.test(word);

/** Paths in backticks, from the root; they may be globs. One with a placeholder (`<name>`, `000N`) is an example, not a path. */
export const pathsOf = ({ text }: Page): readonly string[] =>
  [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)]
    .map(([, code = '']) => code.split(/[\s:]/, 1)[0] ?? '')
    .filter((word) => isPath(word) && !/[<>$]|000N/.test(word));

/** Whether this path or glob exists. */
export const exists = (path: string): boolean => globSync(path.replace(/\/$/, ''), { cwd: ROOT }).length > 0;

/** First column of the table rows whose first cell is code, with the other cells. */
export const codeRows = ({ text }: Page): readonly (readonly [string, ...string[]])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, first = '', ...others]) => [first.replaceAll('`', ''), ...others]);

const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');
const withoutCode = (text: string): string => withoutBlocks(text).replace(/`[^`\n]+`/g, '');
