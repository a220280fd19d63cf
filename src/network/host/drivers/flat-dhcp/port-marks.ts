/** Gives each port a number by which the filters of different layers know its packets. */
import { createHash } from 'node:crypto';

/**
 * A packet mark per port, 1 to 2^31. Made from the id, not counted: a packet that is on its way while the rules are
 * replaced keeps its meaning.
 */
export function portMarks(portIds: readonly string[]): Map<string, number> {
  const taken = new Set<number>();
  const marks = new Map<string, number>();
  for (const id of [...portIds].sort()) {
    let mark = (Number.parseInt(createHash('sha256').update(id).digest('hex').slice(0, 8), 16) >>> 1) + 1;
    while (taken.has(mark)) mark += 1;
    taken.add(mark);
    marks.set(id, mark);
  }
  return marks;
}
