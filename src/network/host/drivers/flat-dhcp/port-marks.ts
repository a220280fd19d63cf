/** Gives each port a number by which the filters of different layers recognise its packets. */
import { createHash } from 'node:crypto';

/**
 * A packet mark per port, 1 to 2^31. Derived from the id, not counted: marks of packets in flight stay valid while the
 * rules are replaced.
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
