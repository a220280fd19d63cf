/**
 * `npm run conformance`: starts a cloud with two simulated hosts, runs Tempest on it, and compares the result with the expected tests.
 * `-- --list FILE` uses another list, `-- --re PATTERN` the matching tests, `-- --workers N` runs N at a time, `-- --keep` keeps the work files,
 * `-- --write FILE` writes the ids of passed tests; `-- --shared [LIST]` uses the runner beside the project instead.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { requireTempest, run, runTempest, testsIn, type Outcome } from './tempest.ts';
import { cloudConfig, tempestConfig } from './tempest-config.ts';

const LIST = join(import.meta.dirname, 'tempest.txt');
const SHARED = join(import.meta.dirname, '../../../shared/conformance');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'string' },
    re: { type: 'string' },
    write: { type: 'string' },
    workers: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
    shared: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Tests the cloud with our own runner. @returns whether every expected test passed */
async function tested(cloud: Cloud, workspace: string): Promise<boolean> {
  const wanted = options.re === undefined ? await testsIn(options.list ?? LIST) : undefined;
  const tests = wanted ?? new RegExp(options.re ?? '');
  const outcomes = await runTempest(workspace, await tempestConfig(cloud, workspace), { tests, workers: Number(options.workers) }, say);
  const ids = (outcome: Outcome) => [...outcomes].filter(([, is]) => is === outcome).map(([id]) => id);
  if (options.write !== undefined) await writeFile(options.write, `${ids('passed').toSorted().join('\n')}\n`);
  const short = (wanted ?? ids('failed')).filter((id) => outcomes.get(id) !== 'passed');
  for (const id of short) say(`${(outcomes.get(id) ?? 'not run').padEnd(8)} ${id}`);
  say(`${ids('passed').length} passed, ${ids('failed').length} failed, ${ids('skipped').length} skipped`);
  if (wanted) say(`${wanted.length - short.length} of ${wanted.length} tests that are to pass do`);
  return short.length === 0;
}

/** Tests the cloud with the runner beside the project. */
async function testedByShared(cloud: Cloud, workspace: string): Promise<boolean> {
  const list = positionals[0] ?? join(SHARED, 'tempest-spine.txt');
  const script = ['-c', '. "$0" && exec "$@"', join(cloud.stateDir, 'openrc'), join(SHARED, 'run-tempest'), list];
  const env = {
    ...process.env,
    TEMPEST_ISOLATED: 'false',
    TEMPEST_DIR: workspace,
    TEMPEST_WORKERS: options.workers,
    ...(options.re === undefined ? {} : { RE: options.re }),
  };
  return await run('/bin/sh', script, { env }, say).then(
    () => true,
    () => false,
  );
}

await requireTempest();
const directory = await mkdtemp(join(tmpdir(), 'nova-conformance-'));
const config = join(directory, 'nova.conf');
await writeFile(config, cloudConfig());
const cloud = await startCloud({ env: { NOVA_CONFIG: config } });
try {
  // Tempest registers workspaces by the last part of their path.
  const workspace = join(directory, basename(directory));
  process.exitCode = (await (options.shared ? testedByShared : tested)(cloud, workspace)) ? 0 : 1;
  if (options.keep) await writeFile(join(directory, 'cloud.log'), cloud.logs());
} finally {
  await cloud.destroy();
  if (options.keep) say(`work files: ${directory}`);
  else await rm(directory, { recursive: true, force: true });
}
