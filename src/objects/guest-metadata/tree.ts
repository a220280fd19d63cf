// The directories and files that guests read, listed in the format of EC2's metadata service.

/** A file; its bytes are produced when it is read. */
export interface File {
  readonly kind: 'file';
  readonly contentType: string;
  readonly read: () => string | Buffer;
}

export interface Directory {
  readonly kind: 'directory';
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly node: Node;
  /** How a listing shows it, when different from its name: `0=mykey`. */
  readonly listedAs?: string;
}

/** A file that the guest writes itself, once; the metadata service keeps its content beside the tree. */
export interface Posted {
  readonly kind: 'posted';
}

export type Node = File | Directory | Posted;

export const text = (content: string): File => ({ kind: 'file', contentType: 'text/plain; charset=utf-8', read: () => content });

export const json = (make: () => unknown): File => ({ kind: 'file', contentType: 'application/json', read: () => JSON.stringify(make()) });

export const bytes = (content: Buffer): File => ({ kind: 'file', contentType: 'application/octet-stream', read: () => content });

export const posted: Posted = { kind: 'posted' };

/** A directory; undefined entries are left out. */
export function directory(entries: Readonly<Record<string, Node | Entry | undefined>>): Directory {
  const there = Object.entries(entries).flatMap(([name, one]) => (one === undefined ? [] : [[name, entryOf(one)] as const]));
  return { kind: 'directory', entries: new Map(there) };
}

const entryOf = (one: Node | Entry): Entry => ('node' in one ? one : { node: one });

/** The entry at a path below a directory. Names are only looked up, never interpreted: `..` matches nothing. */
export function nodeAt(root: Node, segments: readonly string[]): Node | undefined {
  let node: Node | undefined = root;
  for (const segment of segments) node = node?.kind === 'directory' ? node.entries.get(segment)?.node : undefined;
  return node;
}

/** A directory's names, one per line, subdirectories with a trailing slash; no final newline. */
export const listingOf = ({ entries }: Directory): string =>
  [...entries.keys()]
    .sort()
    .map((name) => lineOf(name, entries.get(name)))
    .join('\n');

const lineOf = (name: string, entry: Entry | undefined): string =>
  entry?.listedAs ?? (entry?.node.kind === 'directory' ? `${name}/` : name);
