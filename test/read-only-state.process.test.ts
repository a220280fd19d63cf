import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '..', 'bin', 'nova-ts');
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;

test.skipIf(!canMount)('a state directory on a read-only file system is refused with that reason, in one line', async () => {
  const mountPoint = await mkdtemp(join(tmpdir(), 'nova-read-only-'));
  const script = 'mount -t tmpfs -o ro none "$1" && NOVA_STATE_DIR="$1/a/b" exec "$2" all';
  const { PATH, HOME } = process.env;
  const said = await new Promise<string>((resolve) => {
    const args = ['--mount', 'sh', '-c', script, 'sh', mountPoint, PROGRAM];
    execFile('unshare', args, { env: { PATH, HOME } }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
  expect(said).toMatch(
    /^nova-ts: the state directory \S+ cannot be used \(EROFS: read-only file system, .*\); NOVA_STATE_DIR names another\n$/,
  );
  await rmdir(mountPoint);
});
