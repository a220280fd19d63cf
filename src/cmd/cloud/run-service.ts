import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { repeat } from '../../lib/clock/periodic.ts';
import { IdleCollector } from '../../lib/memory/idle-collector.ts';
import { kindOf, messageOf } from '../../lib/errors/error-type.ts';
import { codeOf } from '../../lib/errors/outage.ts';
import { startInBackground } from '../background/start.ts';
import { warnOfPortClash } from './port-clash.ts';
import { type Endpoints, readyFileOf, writeReadyFile } from './ready-file.ts';
import { openRuntime, type Runtime } from './runtime.ts';
import { startThroughOutages } from './start-through-outages.ts';
import { takeStateDirectory } from './state-directory.ts';
import { whereLines } from './where.ts';

/** How long an orderly stop may take; after that the program exits, and the next start recovers. */
const STOP_WITHIN_MS = 9_000;

/** How long a program that has released everything may take to write its last output. */
const LAST_OUTPUT_MS = 500;

const OPTIONS = {
  'config-file': { type: 'string', multiple: true },
  'log-file': { type: 'string' },
  detach: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Runs a program: reads the configuration, starts, prints `nova-ts ready`, works until SIGINT or SIGTERM, and stops in order.
 * With `--detach` another process does so, and this one ends once that is ready.
 * @param start starts everything and returns the endpoints; what it holds is released at the end, also when it fails midway
 */
export async function runService(service: string, args: readonly string[], start: (runtime: Runtime) => Promise<Endpoints>): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return void process.stdout.write(helpOf(service));
  const given = { configFiles: values['config-file'] ?? [], logFile: values['log-file'] };
  if (values.detach) return await startInBackground(service, given);
  const runtime = openRuntime(service, given);
  warnOfPortClash(runtime);
  const startedAt = await takeStateDirectory(runtime);
  const readyFile = readyFileOf(runtime);
  const told = stopSignal();
  void told.then(() => runtime.log.info({}, 'stopping; guests go on'));
  let starting: Promise<unknown> = Promise.resolve();
  try {
    await rm(readyFile, { force: true });
    const started = startThroughOutages(runtime, start);
    starting = started.catch(() => {});
    const endpoints = await Promise.race([started, told.then(() => undefined)]);
    if (endpoints) {
      await writeReadyFile(readyFile, { startedAt, endpoints });
      sayReady(runtime, endpoints);
      giveBackMemory(runtime);
      await told;
    }
  } catch (error) {
    sayWhy(runtime, error);
    process.exitCode = 1;
  }
  await stop(runtime, readyFile, starting);
}

/** How often the program looks whether it is idle and may give memory back. */
const GIVE_BACK_EVERY_MS = 10_000;

function giveBackMemory({ clock, log, life }: Runtime): void {
  const collector = new IdleCollector();
  const run = async () => void collector.tick();
  life.run('memory', repeat({ name: 'give memory back', everyMs: GIVE_BACK_EVERY_MS, run }, { clock, log, signal: life.signal }));
}

const helpOf = (service: string): string => `nova-ts ${service} [--config-file FILE]... [--log-file FILE] [--detach]
Runs until SIGINT or SIGTERM; says "nova-ts ready" when it can serve.
  --config-file FILE    read options from a file like etc/nova/nova.conf.sample; of several the last one wins
  --log-file FILE       log to a file instead of standard error
  --detach              run in the background, as "nova-ts start ${service}" does
docs/operate/configuration.md tells every option, and the environment, which is stronger than files.
`;

/** One line; the stack of a bug is in the log, and whatever was foreseen only in one that tells everything. */
function sayWhy({ service, log }: Runtime, error: unknown): void {
  const level = codeOf(error) === '' ? 'error' : 'debug';
  log[level]({ err: error }, 'the start failed');
  const cause = kindOf(error) === 'internal' ? causeOf(error) : '';
  process.stderr.write(`nova-ts ${service}: ${oneLine(messageOf(error))}${cause && ` (${oneLine(cause)})`}\n`);
}

/** A failed host command, for one, names only the tool; its cause has the tool's own words. */
const causeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'cause' in error && error.cause !== undefined ? messageOf(error.cause) : '';

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, '; ');

function sayReady({ stateDir, config }: Runtime, endpoints: Endpoints): void {
  for (const line of whereLines({ endpoints, stateDir, logFile: config.DEFAULT.log_file })) console.log(line);
  console.log('nova-ts ready');
}

const leave = (): never => process.exit(process.exitCode ?? 0);

/** @param starting settles when the start has ended: an interrupted start continues until it takes the next resource */
async function stop(runtime: Runtime, readyFile: string, starting: Promise<unknown>): Promise<void> {
  const { log, life } = runtime;
  await rm(readyFile, { force: true });
  const late = setTimeout(() => {
    log.error({}, 'the program did not stop in time and exits now');
    leave();
  }, STOP_WITHIN_MS);
  await life.end();
  await starting;
  // Releases what the start took meanwhile.
  await life.end();
  clearTimeout(late);
  // Aborted work may still have a timer running, perhaps for minutes; the exit does not wait for it.
  setTimeout(leave, LAST_OUTPUT_MS).unref();
}

/** Resolves at the first SIGINT or SIGTERM; later ones are ignored, because the program is already stopping. */
const stopSignal = (): Promise<void> =>
  new Promise((resolve) => {
    process.on('SIGINT', () => resolve());
    process.on('SIGTERM', () => resolve());
  });
