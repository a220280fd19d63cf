import type { Hop } from './hop.ts';

/** A hop and the hops it caused, in order of time. */
export interface WalkNode {
  readonly hop: Hop;
  /** Milliseconds after the first hop of the walk began. */
  readonly offsetMs: number;
  readonly caused: readonly WalkNode[];
}

/** The trace of one request as a tree. A hop whose parent is not recorded (yet) is a root. */
export function walkOf(hops: readonly Hop[]): readonly WalkNode[] {
  const inTime = [...hops].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  const firstMs = inTime[0]?.startedAt.getTime() ?? 0;
  const known = new Set(hops.map((hop) => hop.spanId));
  const byCause = Map.groupBy(inTime, (hop) => (hop.parentSpanId !== undefined && known.has(hop.parentSpanId) ? hop.parentSpanId : ''));
  const nodesBelow = (spanId: string): WalkNode[] =>
    (byCause.get(spanId) ?? []).map((hop) => ({ hop, offsetMs: hop.startedAt.getTime() - firstMs, caused: nodesBelow(hop.spanId) }));
  return nodesBelow('');
}

/** The walk as text, one line per hop, children below their parent: start and duration in ms, what it did, its outcome, the host. */
export function renderWalk(walk: readonly WalkNode[]): string {
  const lines = walk.flatMap((node) => linesOf(node, 0));
  const width = Math.max(0, ...lines.map((line) => line.what.length));
  return lines
    .map(({ node, what }) => {
      const { durationMs, outcome, host } = node.hop;
      return `${`+${Math.round(node.offsetMs)}`.padStart(7)} ${durationMs.toFixed(1).padStart(9)} ms  ${what.padEnd(width)}  ${outcome}  ${host}\n`;
    })
    .join('');
}

const linesOf = (node: WalkNode, depth: number): { node: WalkNode; what: string }[] => [
  { node, what: `${'  '.repeat(depth)}${node.hop.service}: ${node.hop.what}` },
  ...node.caused.flatMap((caused) => linesOf(caused, depth + 1)),
];
