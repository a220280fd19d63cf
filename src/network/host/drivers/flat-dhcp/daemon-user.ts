/** Decides whom a daemon may become: nobody where nobody can read its files, root where the state directory is closed to others. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The user for daemons whose files lie below this directory, which exists. */
export async function daemonUser(directory: string): Promise<'nobody' | 'root'> {
  for (let path = resolve(directory); ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return 'root';
    if (path === dirname(path)) return 'nobody';
  }
}
