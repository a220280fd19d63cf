import { chown, readFile, rename, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Account } from './account.ts';

// Who may log in to the server: only the user that runs this program. The kernel says who connects, so there is no password to keep.

/** The superuser of the server, and the name of the program's database. */
export const ROLE = 'nova';

const MAP = 'nova-ts';

const files = (user: string): Readonly<Record<string, string>> => ({
  'pg_hba.conf': `# Written at every start.\nlocal all all peer map=${MAP}\n`,
  'pg_ident.conf': `# Written at every start.\n${MAP} "${user.replaceAll('"', '""')}" ${ROLE}\n`,
});

/** Writes the server's rules for logins; a running server reads them at its next start. */
export async function writeAuthentication(data: string, account: Account | undefined): Promise<void> {
  for (const [name, text] of Object.entries(files(userInfo().username))) {
    const path = join(data, name);
    if ((await readFile(path, 'utf8').catch(() => '')) === text) continue;
    const draft = `${path}.${process.pid}`;
    // Exclusive: as root we must not follow a link of the server's account.
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    if (account) await chown(draft, account.uid, account.gid);
    await rename(draft, path);
  }
}
