/** Runs OpenStack's own test suite, the distribution's unmodified package, and reads the outcome of each test. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = '/usr/bin/tempest';
const PACKAGES = ['tempest', 'python3-subunit', 'python3-testtools'];

/** The outcome of a test. */
export type Outcome = 'passed' | 'failed' | 'skipped';

/** Which tests to run, and how many at a time. */
export interface Selection {
  /** Ids of tests, or a pattern of ids. */
  readonly tests: readonly string[] | RegExp;
  readonly workers: number;
}

/** Installs Tempest's package if it is missing, and fails with a message where that is not possible. */
export async function requireTempest(): Promise<void> {
  if (existsSync(PROGRAM)) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(`missing packages: ${PACKAGES.join(' ')} (Debian)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('/usr/bin/apt-get', ['-q', 'update'], { env });
  await run('/usr/bin/apt-get', ['-q', '-y', 'install', '--no-install-recommends', ...PACKAGES], { env });
}

/** Runs tests with a configuration, in a separate directory, where Tempest leaves its logs. @returns outcomes by id */
export async function runTempest(
  workspace: string,
  config: string,
  { tests, workers }: Selection,
  onLine: (line: string) => void = () => {},
): Promise<Map<string, Outcome>> {
  await rm(workspace, { recursive: true, force: true });
  await run(PROGRAM, ['init', workspace], { cwd: '/' });
  await mkdir(join(workspace, 'etc'), { recursive: true });
  const files = { config: join(workspace, 'etc', 'tempest.conf'), list: join(workspace, 'tests.txt') };
  await writeFile(files.config, config);
  if (!(tests instanceof RegExp)) await writeFile(files.list, tests.map((id) => `^${RegExp.escape(id)}(\\[|$)\n`).join(''));
  const selected = tests instanceof RegExp ? ['--regex', tests.source] : ['--include-list', files.list];
  const outcomes = new Map<string, Outcome>();
  const args = ['run', '--config-file', files.config, ...selected, '--concurrency', String(workers)];
  // Its exit status only says that some test failed.
  await run(PROGRAM, args, { cwd: workspace }, (line) => {
    const told = outcomeIn(line);
    if (told) outcomes.set(told.id, told.outcome);
    onLine(line);
  }).catch(() => {});
  return outcomes;
}

const TOLD: Readonly<Record<string, Outcome>> = { ok: 'passed', FAILED: 'failed', SKIPPED: 'skipped' };

/** `{0} tempest.api.compute.X.test_y [1.2s] ... ok`; a class whose set-up fails or skips is listed under its own name. */
function outcomeIn(line: string): { id: string; outcome: Outcome } | undefined {
  const [, id = '', word = ''] = /^\{\d+\} (\S+(?: \([\w.]+\))?)(?: \[[\d.]+s\])? \.\.\. (ok|FAILED|SKIPPED)/.exec(line) ?? [];
  const outcome = TOLD[word];
  return outcome && { id: id.replace(/\[.*\]$/, ''), outcome };
}

/** The ids in a list of tests, one per line; `#` begins a comment. */
export async function testsIn(file: string): Promise<string[]> {
  const lines = (await readFile(file, 'utf8')).split('\n');
  return lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
}

/** Runs a program to its end; if it fails, the error has its last output. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
  onLine: (line: string) => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const last: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        last.push(line);
        if (last.length > 20) last.shift();
        onLine(line);
      });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}:\n${last.join('\n')}`))));
  });
}
