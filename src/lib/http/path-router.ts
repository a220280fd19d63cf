// Finds the entries declared for a path: a tree of segments in which literals win over `{parameters}`.
import { invariant } from '../errors/invariant.ts';
import { isPlainText } from './plain-text.ts';

/** The entries at a path by method, and the parameters of each. */
export interface PathMatch<T> {
  readonly methods: ReadonlyMap<string, readonly T[]>;
  /** The path's parameters by the names that the given entry declares. */
  readonly paramsOf: (entry: T) => Readonly<Record<string, string>>;
}

interface Node<T> {
  readonly fixed: Map<string, Node<T>>;
  parameter: Node<T> | undefined;
  readonly methods: Map<string, T[]>;
}

/** A router over templates such as `/servers/{id}/action`; several entries may share method and path. */
export class PathRouter<T extends { readonly method: string; readonly path: string }> {
  readonly #root: Node<T> = emptyNode();

  constructor(entries: readonly T[]) {
    for (const entry of entries) this.#add(entry);
  }

  /** Whether any path starts with this segment. */
  startsWith(segment: string): boolean {
    return this.#root.fixed.has(segment);
  }

  /** The entries for these (decoded) segments. */
  match(segments: readonly string[]): PathMatch<T> | undefined {
    const node = walk(this.#root, segments);
    return node && { methods: node.methods, paramsOf: (entry) => paramsOf(entry.path, segments) };
  }

  #add(entry: T): void {
    invariant(/^(\/([^{}/]+|\{\w+\}))*\/?$/.test(entry.path), `${entry.path} is a path template`);
    let node = this.#root;
    for (const segment of segmentsOf(entry.path)) node = nextNode(node, segment);
    node.methods.set(entry.method, [...(node.methods.get(entry.method) ?? []), entry]);
  }
}

/** The segments of a path; leading, trailing and doubled slashes are ignored. */
export const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

/** The decoded segments of a received path; undefined when it is badly encoded or not valid text. */
export function decodedSegments(path: string): string[] | undefined {
  try {
    const segments = segmentsOf(path).map(decodeURIComponent);
    return segments.every(isPlainText) ? segments : undefined;
  } catch {
    return undefined;
  }
}

const isParameter = (segment: string): boolean => segment.startsWith('{');

const emptyNode = <T>(): Node<T> => ({ fixed: new Map(), parameter: undefined, methods: new Map() });

function nextNode<T>(node: Node<T>, segment: string): Node<T> {
  if (isParameter(segment)) return (node.parameter ??= emptyNode());
  const known = node.fixed.get(segment);
  if (known) return known;
  const made = emptyNode<T>();
  node.fixed.set(segment, made);
  return made;
}

function walk<T>(node: Node<T>, segments: readonly string[]): Node<T> | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return node.methods.size > 0 ? node : undefined;
  const fixed = node.fixed.get(segment);
  return (fixed && walk(fixed, rest)) ?? (node.parameter && walk(node.parameter, rest));
}

function paramsOf(template: string, segments: readonly string[]): Record<string, string> {
  const found = segmentsOf(template).flatMap((name, index) => (isParameter(name) ? [[name.slice(1, -1), segments[index] ?? '']] : []));
  return Object.fromEntries(found);
}
