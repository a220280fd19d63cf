/** Tables as OpenStack's tools print them. */

/** Rows below the names of their columns, in a frame. */
export function tableOf(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? '').length)));
  const edge = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const lineOf = (cells: readonly string[]) => `|${widths.map((width, at) => ` ${(cells[at] ?? '').padEnd(width)} `).join('|')}|`;
  return [edge, lineOf(columns), edge, ...rows.map(lineOf), ...(rows.length > 0 ? [edge] : [])].join('\n');
}

/** A box below a title, with a part for each of its entries. */
export function boxOf(title: string, entries: readonly (readonly string[])[]): string {
  const lines = [title, ...entries.flat()];
  const width = Math.max(...lines.map(({ length }) => length));
  const edge = `+${'-'.repeat(width + 2)}+`;
  const lineOf = (text: string) => `| ${text.padEnd(width)} |`;
  return [edge, lineOf(title), edge, ...entries.flatMap((entry) => [...entry.map(lineOf), edge])].join('\n');
}
