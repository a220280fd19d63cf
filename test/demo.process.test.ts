import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { processesOf } from '../demo/left-processes.ts';
import { missingHop, servicesIn } from '../demo/walk.ts';
import { hostLayout } from '../src/virt/libvirt/private-host/layout.ts';
import { privateHostRequirements } from '../src/virt/libvirt/private-host/requirements.ts';

const requirements = await privateHostRequirements();
const isSkipped = !requirements.ok && process.env['CI'] !== 'true';
if (isSkipped) process.stderr.write(`demo with a real guest: skipped. ${requirements.missing}\n`);

const repository = join(import.meta.dirname, '..');
/** Enough for a first boot under software emulation beside other tests. */
const LIMIT_MS = 400_000;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nova-ts-demo-test-'));
  // PostgreSQL's user must be able to traverse it, as it can /tmp.
  await chmod(directory, 0o711);
});
afterAll(() => rm(directory, { recursive: true }));

interface Shown {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a command of the demo to its end. `onOutput` gets all output so far whenever there is more. */
async function show(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  onOutput: (output: string, interrupt: () => void) => void = () => {},
): Promise<Shown> {
  const inherited = { ...process.env, NOVA_VIRT_DRIVER: 'auto' };
  const demo = spawn(command, args, { cwd: repository, env: { ...inherited, ...env, TMPDIR: directory }, timeout: LIMIT_MS });
  let output = '';
  const hear = (text: Buffer) => {
    output += text.toString();
    onOutput(output, () => demo.kill('SIGINT'));
  };
  demo.stdout.on('data', hear);
  demo.stderr.on('data', hear);
  const [status] = await once(demo, 'close');
  return { status, output };
}

const stateDirIn = (output: string): string => /state in (\S+),/.exec(output)?.[1] ?? 'nowhere';

const whatIsLeftOf = async (stateDir: string) => {
  const host = hostLayout({ name: hostname(), directory: join(stateDir, 'hosts', hostname()) });
  return {
    states: (await readdir(directory)).filter((name) => name.startsWith('nova-demo-')),
    processes: await processesOf(stateDir),
    paths: [host.netnsFile, host.runDirectory].filter((path) => existsSync(path)),
  };
};
const nothing = { states: [], processes: [], paths: [] };

test('the demo shows a simulated guest, and says that it is simulated', { timeout: LIMIT_MS }, async () => {
  const { status, output } = await show(['npm', 'run', 'demo'], { NOVA_VIRT_DRIVER: 'fake' });
  expect(output).toContain('Simulated guests, because NOVA_VIRT_DRIVER=fake.');
  expect(output).toMatch(/^ +GUEST-READY metadata=none /m);
  expect(missingHop(servicesIn(output))).toBeUndefined();
  expect(status).toBe(0);
  expect(await whatIsLeftOf(stateDirIn(output))).toEqual(nothing);
});

test('an interrupted demo leaves nothing behind', { timeout: LIMIT_MS }, async () => {
  const { status, output } = await show(
    ['node', '--disable-warning=ExperimentalWarning', 'demo/run.ts'],
    { NOVA_VIRT_DRIVER: 'fake' },
    (said, interrupt) => {
      if (said.includes('Boot a server')) interrupt();
    },
  );
  expect(output).toContain('Interrupted; cleaning up');
  expect(status).toBe(130);
  expect(await whatIsLeftOf(stateDirIn(output))).toEqual(nothing);
});

test('a kept cloud runs until it is stopped', { timeout: LIMIT_MS }, async () => {
  const kept = await show(['npm', 'run', 'demo', '--', '--keep'], { NOVA_VIRT_DRIVER: 'fake' });
  const stateDir = stateDirIn(kept.output);
  expect(kept.status).toBe(0);
  expect(existsSync(join(stateDir, 'ready.json'))).toBe(true);
  expect(await processesOf(stateDir)).not.toEqual([]);
  expect(kept.output).toContain(`npm run demo -- --stop ${stateDir}`);
  expect((await show(['npm', 'run', 'demo', '--', '--stop', stateDir], {})).status).toBe(0);
  expect(await whatIsLeftOf(stateDir)).toEqual(nothing);
});

describe.skipIf(isSkipped)('with a hypervisor', () => {
  test('the demo boots a real guest, shows its console and the trace of the request, and cleans up', { timeout: LIMIT_MS }, async () => {
    const { status, output } = await show(['npm', 'run', 'demo'], {});
    expect(output).toContain('Real guests: QEMU under libvirt.');
    expect(output).toMatch(/^ +GUEST-READY metadata=service id=\S+ hostname=demo\S* ip=10\.20\.0\.\d+\/24 boots=1 /m);
    expect(missingHop(servicesIn(output))).toBeUndefined();
    expect(output).toMatch(/ready after [\d.]+ s/);
    expect(output).toMatch(/guest ready [\d.]+ s after the request/);
    expect(status).toBe(0);
    expect(await whatIsLeftOf(stateDirIn(output))).toEqual(nothing);
  });
});
