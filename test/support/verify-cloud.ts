/** `nova-ts manage verify` beside a cloud under test, as its operator would run it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Cloud } from './cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;

/** What it said of the books. */
export interface CloudVerdict {
  readonly status: number;
  /** `invariant: what`, for each. */
  readonly breaches: readonly string[];
  readonly notChecked: readonly string[];
  readonly silent: readonly string[];
  /** What it said that was no verdict. */
  readonly errors: string;
}

interface Printed {
  readonly invariants: readonly { readonly name: string; readonly breaches: readonly { readonly what: string }[] }[];
  readonly notChecked: readonly string[];
  readonly silent: readonly string[];
}

/** Runs it to its end; `env` is what the cloud was started with. */
export async function verifyCloud(
  cloud: Pick<Cloud, 'stateDir'>,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CloudVerdict> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
  const environment = { ...Object.fromEntries(own), ...env, NOVA_STATE_DIR: cloud.stateDir, NOVA_VIRT_DRIVER: 'fake' };
  const child = spawn(PROGRAM, ['manage', 'verify', '--json', ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[status], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  const nothing: Printed = { invariants: [], notChecked: [], silent: [] };
  // The seam to another program: its own type, as it prints it.
  const { invariants, notChecked, silent }: Printed = output === '' ? nothing : JSON.parse(output);
  const breaches = invariants.flatMap(({ name, breaches: found }) => found.map(({ what }) => `${name}: ${what}`));
  return { status, breaches, notChecked, silent, errors };
}
