/** Chooses the user of a daemon: `nobody` if that user can read its files, `root` if the state directory is closed to others. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** The user of daemons whose files are below this existing directory. */
export async function daemonUser(directory: string): Promise<'nobody' | 'root'> {
  for (let path = resolve(directory); ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return 'root';
    if (path === dirname(path)) return 'nobody';
  }
}
