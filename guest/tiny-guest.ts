import { createHash } from 'node:crypto';
import { access, chmod, constants, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { runToEnd } from '../src/lib/child/run-to-end.ts';
import { errorType } from '../src/lib/errors/error-type.ts';
import type { Log } from '../src/lib/log/log.ts';

// The tiny guest for programs: runs the recipe beside this file, once for each version of it.

/** Absolute paths of the three files a tiny guest boots from; the disk is qcow2. */
export interface TinyGuest {
  readonly kernel: string;
  readonly ramdisk: string;
  readonly disk: string;
}

/** Thrown when the guest cannot be built; the reason names missing packages. */
export const TinyGuestNotBuilt = errorType(
  'TinyGuestNotBuilt',
  'unavailable',
  (p: { reason: string }) => `The tiny guest could not be built: ${p.reason}`,
);

/** The kernel's command line: everything off that only costs time under software emulation; the last console is the serial one. */
export const tinyGuestCommandLine =
  'console=tty0 console=ttyS0 quiet nokaslr mitigations=off no_timer_check tsc=reliable random.trust_cpu=on cryptomgr.notests audit=0 selinux=0 apparmor=0';

const recipe = import.meta.dirname;
const BUILD_LIMIT_MS = 300_000;

/** Beside the recipe, so that all clouds that are started from one checkout share what was built. May be removed at any time. */
export const SHARED_CACHE = join(recipe, '..', '.cache', 'tiny-guest');

interface BuildOptions {
  readonly log: Log;
  /** Where to build when `cacheDir` cannot be written. */
  readonly fallbackDir: string;
  readonly cacheDir?: string;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/**
 * Builds the tiny guest, in a directory named by the recipe's hash; one that is there is complete and is used again.
 * The downloaded kernel package stays beside it, in `cache`. Several processes may build at once.
 */
export const buildTinyGuest = async ({ log, fallbackDir, cacheDir = SHARED_CACHE, signal }: BuildOptions): Promise<TinyGuest> => {
  const hash = await recipeHash();
  const directories = [cacheDir, fallbackDir].map((directory) => resolve(directory));
  const built = await Promise.all(directories.map((directory) => exists(join(directory, hash))));
  const outputDir =
    directories.find((_, index) => built[index]) ?? ((await canWriteTo(cacheDir)) ? resolve(cacheDir) : resolve(fallbackDir));
  const finished = join(outputDir, hash);
  if (!(await exists(finished))) {
    log.info({ directory: finished }, 'building the tiny guest, once for this checkout; this may take a minute');
    await buildInto(finished, outputDir, signal);
  }
  return { kernel: join(finished, 'vmlinuz'), ramdisk: join(finished, 'initrd.gz'), disk: join(finished, 'root.qcow2') };
};

const canWriteTo = (directory: string): Promise<boolean> =>
  mkdir(directory, { recursive: true })
    .then(() => access(directory, constants.W_OK))
    .then(
      () => true,
      () => false,
    );

const buildInto = async (finished: string, outputDir: string, signal: AbortSignal | undefined): Promise<void> => {
  await mkdir(outputDir, { recursive: true });
  const unfinished = await mkdtemp(join(outputDir, '.build-'));
  try {
    await runToEnd(join(recipe, 'build'), [unfinished, join(outputDir, 'cache')], { timeoutMs: BUILD_LIMIT_MS, signal });
    await chmod(unfinished, 0o755);
    await rename(unfinished, finished);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    // Another process may have been quicker: its result is as good as ours.
    if (!(await exists(finished))) throw TinyGuestNotBuilt({ reason: reasonOf(cause) }, { cause });
  }
};

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' && error.stderr.trim() !== ''
    ? error.stderr.trim().replaceAll('guest/build: ', '')
    : String(error);

/** The programs and their tests are no part of what is built. */
const isIngredient = (path: string): boolean => !path.endsWith('.ts') && !path.endsWith('.md');

const recipeHash = async (): Promise<string> => {
  const entries = await readdir(recipe, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => relative(recipe, join(entry.parentPath, entry.name)));
  const hash = createHash('sha256');
  for (const path of paths.filter(isIngredient).sort()) hash.update(`${path}\0`).update(await readFile(join(recipe, path)));
  return hash.digest('hex').slice(0, 16);
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
