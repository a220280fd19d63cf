/** Workflow inputs as earlier revisions of this program wrote them, in append-only files. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TaskState, VmState } from '../../src/objects/states.ts';

const DIRECTORY = join(import.meta.dirname, '../golden/workflows');

/** Placeholders in the files for ids that differ in each run. */
export const STORED_IDS = {
  server: '5e0e0000-0000-4000-8000-000000000001',
  network: '5e0e0000-0000-4000-8000-000000000002',
  migration: '5e0e0000-0000-4000-8000-000000000003',
  port: '5e0e0000-0000-4000-8000-000000000004',
  chain: '5e0e0000-0000-4000-8000-000000000005',
  image: '5e0e0000-0000-4000-8000-000000000006',
  volume: '5e0e0000-0000-4000-8000-000000000007',
  attachment: '5e0e0000-0000-4000-8000-000000000008',
} as const;

/** A stored workflow that has not begun. */
export interface StoredWorkflow {
  readonly about: string;
  /** The server's state at that time; the workflow holds it if there is a task state. */
  readonly server: { readonly vmState: VmState; readonly taskState: TaskState | null };
  /** The state that the workflow ends in. */
  readonly to: VmState;
  readonly input: object;
}

const fileOf = (workflow: string): string => join(DIRECTORY, `${workflow}.json`);

/** The workflows that have a file. */
export const storedNames = (): string[] => readdirSync(DIRECTORY).map((name) => name.replace(/\.json$/, ''));

/** All stored inputs of a workflow. */
export function storedInputs(workflow: string): readonly StoredWorkflow[] {
  try {
    // Written below.
    return JSON.parse(readFileSync(fileOf(workflow), 'utf8')) as StoredWorkflow[];
  } catch {
    return [];
  }
}

/** Those of `written` that the file lacks; `UPDATE_GOLDENS=1` appends them. Existing inputs never change. */
export function missingInputs(workflow: string, written: readonly StoredWorkflow[]): readonly StoredWorkflow[] {
  const known = storedInputs(workflow);
  const missing = written.filter((one) => !known.some((other) => isDeepStrictEqual(one, other)));
  if (missing.length === 0 || process.env['UPDATE_GOLDENS'] !== '1') return missing;
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(fileOf(workflow), `${JSON.stringify([...known, ...missing], null, 2)}\n`);
  return [];
}

/** Replaces the placeholders in a stored value by ids of this run, or the reverse. */
export const withIds = <T extends object>(value: T, ids: readonly (readonly [from: string, to: string])[]): T =>
  // Only ids within texts change.
  JSON.parse(ids.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value))) as T;
