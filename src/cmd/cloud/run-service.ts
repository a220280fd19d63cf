import { rename, rm, writeFile } from 'node:fs/promises';
import { messageOf } from '../../lib/errors/error-type.ts';
import { inState, openRuntime, type Runtime } from './runtime.ts';

/** Where each API of this process is found, by service. */
export type Endpoints = Readonly<Record<string, string>>;

/** How long a program may take to stop in order; then it leaves as it is, which the next start can deal with. */
const STOP_WITHIN_MS = 9_000;

/**
 * The life of a program: configuration, start, `nova-ts ready`, work until SIGINT or SIGTERM, an orderly end.
 * @param start brings everything up and answers the endpoints; what it holds is given back at the end, also when it fails half way
 */
export async function runService(service: string, args: readonly string[], start: (runtime: Runtime) => Promise<Endpoints>): Promise<void> {
  const runtime = await openRuntime(service, args);
  const readyFile = inState(runtime, service === 'all' ? 'ready.json' : `ready-${service}.json`);
  const told = stopSignal();
  let starting: Promise<unknown> = Promise.resolve();
  try {
    await rm(readyFile, { force: true });
    const started = start(runtime);
    starting = started.catch(() => {});
    const endpoints = await Promise.race([started, told.then(() => undefined)]);
    if (endpoints) {
      await writeReadyFile(readyFile, endpoints);
      sayReady(runtime, endpoints);
      await told;
    }
  } catch (error) {
    runtime.log.error({ err: error }, `nova-ts ${service} could not start: ${messageOf(error)}`);
    process.stderr.write(`nova-ts ${service}: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
  await stop(runtime, readyFile, starting);
}

/** Whole or not at all: who waits for it may read at any moment. */
async function writeReadyFile(file: string, endpoints: Endpoints): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ pid: process.pid, endpoints }, null, 2)}\n`);
  await rename(`${file}.new`, file);
}

function sayReady({ stateDir }: Runtime, endpoints: Endpoints): void {
  const width = Math.max(0, ...Object.keys(endpoints).map((name) => name.length));
  for (const [name, url] of Object.entries(endpoints)) console.log(`${name.padEnd(width)}  ${url}`);
  console.log(`state${' '.repeat(Math.max(0, width - 5))}  ${stateDir}`);
  console.log('nova-ts ready');
}

/** @param starting ends when the start has ended, however: a start that is stopped half way goes on until it takes the next thing */
async function stop(runtime: Runtime, readyFile: string, starting: Promise<unknown>): Promise<void> {
  const { log, life, clock } = runtime;
  await rm(readyFile, { force: true });
  const inTime = new AbortController();
  const late = clock.sleep(STOP_WITHIN_MS, inTime.signal).then(
    () => {
      log.error({}, 'the program did not stop in time and leaves as it is');
      process.exit(process.exitCode ?? 0);
    },
    () => undefined,
  );
  await life.end();
  await starting;
  // What it took meanwhile.
  await life.end();
  inTime.abort();
  await late;
}

/** Resolves at the first SIGINT or SIGTERM; further ones are ignored, for the end is under way. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
