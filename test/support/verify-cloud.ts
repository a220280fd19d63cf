/** Runs `nova-ts manage verify` on a cloud under test, as its operator would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import type { Cloud } from './cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;

/** The result of the check. */
export interface CloudVerdict {
  readonly status: number;
  /** One `invariant: what` for each. */
  readonly breaches: readonly string[];
  readonly notChecked: readonly string[];
  readonly silent: readonly string[];
  /** Its error output. */
  readonly errors: string;
}

interface Printed {
  readonly invariants: readonly { readonly name: string; readonly breaches: readonly { readonly what: string }[] }[];
  readonly notChecked: readonly string[];
  readonly silent: readonly string[];
}

/** Runs it to its end; `env` is the cloud's environment. */
export async function verifyCloud(
  cloud: Pick<Cloud, 'stateDir'>,
  { args = [], env = {} }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CloudVerdict> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
  const environment = { ...Object.fromEntries(own), ...env, NOVA_STATE_DIR: cloud.stateDir, NOVA_VIRT_DRIVER: 'fake' };
  const child = spawn(PROGRAM, ['manage', 'verify', '--json', ...args], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  const [[status], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  const nothing: Printed = { invariants: [], notChecked: [], silent: [] };
  // Seam: the other program prints this type.
  const { invariants, notChecked, silent }: Printed = output === '' ? nothing : JSON.parse(output);
  const breaches = invariants.flatMap(({ name, breaches: found }) => found.map(({ what }) => `${name}: ${what}`));
  return { status, breaches, notChecked, silent, errors };
}
