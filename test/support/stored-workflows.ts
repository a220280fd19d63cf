/** Inputs of workflows as revisions of this program wrote them: files that only grow, each input with what it was about to do. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { TaskState, VmState } from '../../src/objects/states.ts';

const DIRECTORY = join(import.meta.dirname, '../golden/workflows');

/** What stands in the files for ids that are others in each run. */
export const STORED_IDS = { server: '5e0e0000-0000-4000-8000-000000000001', network: '5e0e0000-0000-4000-8000-000000000002' } as const;

/** A workflow that was written down and not begun. */
export interface StoredWorkflow {
  readonly about: string;
  /** How the server stood when it was written; held by the workflow, if it took a task state. */
  readonly server: { readonly vmState: VmState; readonly taskState: TaskState | null };
  /** Where the workflow brings it. */
  readonly to: VmState;
  readonly input: object;
}

const fileOf = (workflow: string): string => join(DIRECTORY, `${workflow}.json`);

/** The workflows that there are files of. */
export const storedNames = (): string[] => readdirSync(DIRECTORY).map((name) => name.replace(/\.json$/, ''));

/** All that was ever written of a workflow. */
export function storedInputs(workflow: string): readonly StoredWorkflow[] {
  try {
    // Written below.
    return JSON.parse(readFileSync(fileOf(workflow), 'utf8')) as StoredWorkflow[];
  } catch {
    return [];
  }
}

/** Those of `written` that the file does not have; with `UPDATE_GOLDENS=1` they are added to it. What it has is never changed. */
export function missingInputs(workflow: string, written: readonly StoredWorkflow[]): readonly StoredWorkflow[] {
  const known = storedInputs(workflow);
  const missing = written.filter((one) => !known.some((other) => isDeepStrictEqual(one, other)));
  if (missing.length === 0 || process.env['UPDATE_GOLDENS'] !== '1') return missing;
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(fileOf(workflow), `${JSON.stringify([...known, ...missing], null, 2)}\n`);
  return [];
}

/** A stored value with ids of this run in the place of those of the files, or the other way round. */
export const withIds = <T extends object>(value: T, ids: readonly (readonly [from: string, to: string])[]): T =>
  // Only ids within texts change.
  JSON.parse(ids.reduce((text, [from, to]) => text.replaceAll(from, to), JSON.stringify(value))) as T;
