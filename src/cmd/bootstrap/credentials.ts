import { CannotStart } from '../cannot-start.ts';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Ids } from '../../lib/clock/ids.ts';
import { inState, type Runtime } from '../cloud/runtime.ts';

/** The users of a new cloud. */
export const bootstrapUsers = ['admin', 'demo'] as const;
export type BootstrapUser = (typeof bootstrapUsers)[number];

export interface Credentials {
  readonly passwords: Readonly<Record<BootstrapUser, string>>;
  /** Whether they were generated just now. */
  readonly isNew: boolean;
}

const PASSWORD_BYTES = 12;

/** The passwords of the first users, generated once and stored in the state directory, readable only by its owner. */
export async function keptCredentials(runtime: Runtime): Promise<Credentials> {
  const file = inState(runtime, 'credentials.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return { passwords: passwordsIn(JSON.parse(kept), file), isNew: false };
  const passwords = { admin: generated(runtime.ids), demo: generated(runtime.ids) };
  await writeFile(`${file}.new`, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return { passwords, isNew: true };
}

const generated = (ids: Ids): string => ids.hex(PASSWORD_BYTES);

function passwordsIn(kept: unknown, file: string): Credentials['passwords'] {
  if (typeof kept === 'object' && kept !== null && 'admin' in kept && 'demo' in kept)
    return { admin: String(kept.admin), demo: String(kept.demo) };
  throw CannotStart({
    because: `${file} does not hold the passwords of admin and demo; put them back, or remove it to have new ones made`,
  });
}
