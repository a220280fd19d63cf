import { basename } from 'node:path';
import { systemClock } from '../../lib/clock/clock.ts';
import { type Endpoints, endpointsOf, readyFileOf } from '../cloud/ready-file.ts';
import { type RunningProgram, rivalOf } from '../cloud/running-programs.ts';
import { type Given, inState, readSettings, type Settings } from '../cloud/runtime.ts';
import { makeStateDirectory } from '../cloud/state-directory.ts';
import { whereLines } from '../cloud/where.ts';
import { launch, type Launched } from './launch.ts';
import { sinceOf } from './since.ts';

/** A first start may fetch the guest's parts, create the database, and wait a minute each for database and broker. */
const READY_WITHIN_MS = 600_000;
const POLL_MS = 100;
/** How often it tells that the start goes on. */
const TELL_EVERY_MS = 10_000;
/** What the program promises for its end, and a little more. */
const STOPPED_WITHIN_MS = 12_000;

/** How a wait for a program went. */
type Outcome =
  | { readonly kind: 'ready'; readonly program: RunningProgram; readonly endpoints: Endpoints }
  | { readonly kind: 'failed'; readonly because: string }
  | { readonly kind: 'interrupted'; readonly status: number };

/** Starts a service in the background, unless it runs, and waits until it is ready; the exit status is 1 when it does not become so. */
export async function startInBackground(service: string, given: Given): Promise<void> {
  const settings = readSettings(service, given);
  await makeStateDirectory(settings.stateDir);
  const logFile = settings.config.DEFAULT.log_file ?? logFileOf(settings);
  const launched = (await rivalOf(settings)) ? undefined : launch(settings, given, logFile);
  const outcome = await untilReady(settings, launched);
  if (outcome.kind === 'ready') return tellReady(settings, outcome, outcome.program.pid === launched?.child.pid);
  if (launched) await end(launched);
  process.exitCode = outcome.kind === 'interrupted' ? outcome.status : 1;
  if (outcome.kind === 'failed') process.stderr.write(`nova-ts ${service}: ${outcome.because} (log: ${logFile})\n`);
}

/** Beside the ready file's name, for the same reason: programs of one kind may share a state directory. */
const logFileOf = (settings: Settings): string =>
  inState(
    settings,
    'logs',
    settings.service === 'all' ? 'all.log' : basename(readyFileOf(settings)).replace(/^ready-(.*)\.json$/, '$1.log'),
  );

/** Waits for the program that this process launched, or for one that another process started at the same moment. */
async function untilReady(settings: Settings, launched: Launched | undefined): Promise<Outcome> {
  const interruption = interruptionStatus();
  const startMs = systemClock.monotonicMs();
  for (let toldMs = 0; ; ) {
    // Asked before the books are read: what ended meanwhile is seen in the next round.
    const ended = launched?.hasEnded() ?? true;
    const program = await rivalOf(settings);
    const endpoints = program && (await endpointsOf(settings.stateDir, program));
    if (endpoints) return { kind: 'ready', program, endpoints };
    if (!program && ended)
      return { kind: 'failed', because: launched?.lastWords() ?? 'another process was starting it, and it ended before it was ready' };
    const status = interruption();
    if (status !== undefined) return { kind: 'interrupted', status };
    const waitedMs = systemClock.monotonicMs() - startMs;
    if (waitedMs > READY_WITHIN_MS) return { kind: 'failed', because: `not ready after ${READY_WITHIN_MS / 1_000} s` };
    if (waitedMs - toldMs >= TELL_EVERY_MS) {
      toldMs = waitedMs;
      process.stderr.write(`nova-ts ${settings.service}: still starting after ${Math.round(waitedMs / 1_000)} s\n`);
    }
    await systemClock.sleep(POLL_MS);
  }
}

function tellReady({ service, stateDir }: Settings, { program, endpoints }: Outcome & { kind: 'ready' }, isNew: boolean): void {
  const { pid, logFile, startedAt } = program;
  const running = program.service === service ? `nova-ts ${service}` : `nova-ts ${program.service}, which includes ${service},`;
  if (!isNew) console.log(`${running} runs already, as process ${pid}, ${sinceOf(startedAt, systemClock)}`);
  for (const line of whereLines({ endpoints, stateDir, logFile })) console.log(line);
  console.log('nova-ts ready');
}

/** A start that is given up leaves nothing behind. */
async function end({ child, hasEnded }: Launched): Promise<void> {
  if (hasEnded()) return;
  child.kill('SIGTERM');
  for (let waitedMs = 0; !hasEnded() && waitedMs < STOPPED_WITHIN_MS; waitedMs += POLL_MS) await systemClock.sleep(POLL_MS);
  if (!hasEnded()) child.kill('SIGKILL');
}

/** The exit status that shells give to a process that a signal ended, once there was such a signal. */
function interruptionStatus(): () => number | undefined {
  let status: number | undefined;
  process.once('SIGINT', () => (status = 130));
  process.once('SIGTERM', () => (status = 143));
  return () => status;
}
