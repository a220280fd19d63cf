/**
 * `npm run mutate -- src/scheduler [--lines N] [--seed S]`: changes a sample of the code, one small change at a time, and prints the
 * changes that no test notices. Stryker is installed beside this file at the first run, apart from what everybody installs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isForTests } from '../architecture/source-tree.ts';
import { samplePieces } from './sample.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const STRYKER = join(import.meta.dirname, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lines: { type: 'string', default: '200' }, seed: { type: 'string', default: '1' } },
});

function run(command: string, args: readonly string[], cwd: string): number {
  return spawnSync(command, [...args], { cwd, stdio: 'inherit' }).status ?? 1;
}

/** The files of the program in these files and folders. */
function sources(places: readonly string[]): readonly string[] {
  const found = places.flatMap((place) => {
    if (!existsSync(join(ROOT, place))) throw new Error(`there is no ${place}`);
    return statSync(join(ROOT, place)).isDirectory() ? globSync(`${place.replace(/\/$/, '')}/**/*.ts`, { cwd: ROOT }) : [place];
  });
  return [...new Set(found)].filter((path) => !isForTests(path)).sort();
}

const linesOf = (path: string): number => readFileSync(join(ROOT, path), 'utf8').split('\n').length;

function mutate(): number {
  if (positionals.length === 0) {
    process.stderr.write('name files or folders: npm run mutate -- src/scheduler [--lines N] [--seed S]\n');
    return 2;
  }
  const files = sources(positionals).map((path) => ({ path, lines: linesOf(path) }));
  const pieces = samplePieces(files, { lines: Number(values.lines), seed: Number(values.seed) });
  process.stdout.write(`changing, with the seed ${values.seed}: ${pieces.join(' ')}\n`);
  if (!existsSync(STRYKER) && run('npm', ['ci', '--no-audit', '--no-fund'], import.meta.dirname) !== 0) return 1;
  const config = join('test', 'mutation', 'stryker.config.json');
  return run(process.execPath, [STRYKER, 'run', config, '--mutate', pieces.join(',')], ROOT);
}

process.exitCode = mutate();
