/** Stack traces of a program that runs from a bundle name its source, as those of a program that runs from source do. */
import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A place as V8 writes it: file, line and column, counted from 1. */
const PLACE = /(file:\/\/[^\s()]+\.mjs):(\d+):(\d+)/g;

/** By file of the bundle; undefined for one without a map. Read at the first stack trace: most programs write none. */
const maps = new Map<string, SourceMap | undefined>();

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

function readMap(file: string): SourceMap | undefined {
  try {
    const payload: SourceMapPayload = JSON.parse(readFileSync(fileURLToPath(`${file}.map`), 'utf8'));
    return new SourceMap(payload);
  } catch {
    return undefined;
  }
}

/** The text of a stack trace, with places in the source. */
export const inSource = (trace: string): string =>
  trace.replaceAll(PLACE, (place: string, file: string, line: string, column: string) => {
    const entry = mapOf(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${new URL(entry.originalSource, file).href}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });

/** The first line of a stack trace. Objects without a text of their own may have one, too. */
function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'Error';
  }
}

/** From now on `stack` of every error names the source. V8 asks when a stack is first read, so errors that nobody logs cost nothing. */
export function nameSourceInStacks(): void {
  Error.prepareStackTrace = (error, frames) => inSource([headOf(error), ...frames.map((frame) => `    at ${String(frame)}`)].join('\n'));
}
