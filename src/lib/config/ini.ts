import type { Problem } from './config-invalid.ts';

/** One `key = value` of a file, with the line on which it starts. */
export interface IniEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/** Section headers too, so that an unknown section is noticed even when it is empty. */
export interface IniFile {
  readonly entries: readonly IniEntry[];
  readonly sections: readonly { readonly name: string; readonly line: number }[];
  readonly problems: readonly { readonly line: number; readonly what: Problem['what'] }[];
}

/**
 * Reads INI text as oslo.config does: `[section]`, `key = value` or `key: value`, lines that begin with a blank continue the value above,
 * `#` and `;` in the first column open a comment, a value in matching quotes loses them, repeated keys are kept in order.
 */
export function parseIni(source: string): IniFile {
  const entries: { section: string; key: string; lines: string[]; line: number }[] = [];
  const sections: { name: string; line: number }[] = [];
  const problems: { line: number; what: string }[] = [];
  let section = 'DEFAULT';
  let open: string[] | undefined;
  for (const [index, raw] of source
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const line = index + 1;
    const read = readLine(raw);
    if (read.kind === 'continuation' && open) open.push(read.value);
    else if (read.kind === 'continuation') problems.push({ line, what: 'a line that begins with a blank continues no option' });
    else if (read.kind === 'section') sections.push({ name: (section = read.name), line });
    else if (read.kind === 'wrong') problems.push({ line, what: read.what });
    else if (read.kind === 'option') entries.push({ section, key: read.key, lines: (open = [read.value]), line });
    // A comment inside a multi-line value does not end it; any other line that is not a continuation does.
    if (read.kind === 'blank' || read.kind === 'section' || read.kind === 'wrong') open = undefined;
  }
  return { entries: entries.map(({ lines, ...entry }) => ({ ...entry, value: unquoted(lines.join('\n').trim()) })), sections, problems };
}

type Line =
  | { kind: 'blank' | 'comment' }
  | { kind: 'continuation'; value: string }
  | { kind: 'section'; name: string }
  | { kind: 'option'; key: string; value: string }
  | { kind: 'wrong'; what: string };

function readLine(raw: string): Line {
  const line = raw.trimEnd();
  if (line === '') return { kind: 'blank' };
  if (line.startsWith('#') || line.startsWith(';')) return { kind: 'comment' };
  if (/^\s/.test(line)) return { kind: 'continuation', value: line.trim() };
  if (line.startsWith('[')) {
    const name = /^\[([^\]]+)\]$/.exec(line)?.[1];
    return name === undefined ? { kind: 'wrong', what: `"${line}" is not a [section]` } : { kind: 'section', name: name.trim() };
  }
  const [, key, value] = /^([^=:]+)[=:](.*)$/.exec(line) ?? [];
  return key === undefined || value === undefined
    ? { kind: 'wrong', what: `"${line}" is neither [section] nor option = value` }
    : { kind: 'option', key: key.trim(), value: value.trim() };
}

const unquoted = (value: string): string => /^(["'])([^]*)\1$/.exec(value)?.[2] ?? value;
