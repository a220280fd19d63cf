/** Gives each row a column of its own. */

/** One choice for each row, no two in the same column; undefined where there is none. Kuhn's algorithm: a row may push others aside. */
export function matched<T>(rows: readonly (readonly (T | undefined)[])[]): readonly T[] | undefined {
  const holder = new Map<number, number>();
  const place = (row: number, tried: Set<number>): boolean => {
    const columns = (rows[row] ?? []).flatMap((choice, column) => (choice === undefined ? [] : [column]));
    // The first that is free, else one whose row finds another.
    for (const column of columns.toSorted((a, b) => Number(holder.has(a)) - Number(holder.has(b)))) {
      if (tried.has(column)) continue;
      tried.add(column);
      const other = holder.get(column);
      if (other !== undefined && !place(other, tried)) continue;
      holder.set(column, row);
      return true;
    }
    return false;
  };
  for (const row of rows.keys()) if (!place(row, new Set())) return undefined;
  const columns = new Map([...holder].map(([column, row]) => [row, column]));
  return rows.flatMap((row, index) => row[columns.get(index) ?? -1] ?? []);
}
