import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';

const PROGRAM = new URL('../../bin/nova-ts', import.meta.url).pathname;
const hasPsql = await promisify(execFile)('psql', ['--version']).then(
  () => true,
  () => process.env['CI'] === 'true',
);

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud?.destroy());

function manage(...args: readonly string[]) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('NOVA_'));
  const env = { ...Object.fromEntries(own), NOVA_STATE_DIR: cloud.stateDir, NOVA_VIRT_DRIVER: 'fake' };
  return promisify(execFile)(PROGRAM, ['manage', ...args], { env });
}

// Fault 2026-11 C9.
test.runIf(hasPsql)('an operator opens the embedded database of a running cloud, and gets the exit status of psql', async () => {
  const asked = ['--no-psqlrc', '--tuples-only', '--no-align', '--command'];
  const { stdout } = await manage('psql', '--', ...asked, 'select count(*) from flavors');
  expect(Number(stdout)).toBeGreaterThan(0);
  await expect(manage('psql', '--', ...asked, 'select nonsense')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('column "nonsense" does not exist'),
  });
});
