import { parseArgs } from 'node:util';
import { systemClock } from '../lib/clock/clock.ts';
import { codeOf } from '../lib/errors/outage.ts';
import { runningThere } from './background/running-there.ts';
import { isRunning, type RunningProgram } from './cloud/running-programs.ts';

/** A program promises to stop within ten seconds. */
const STOPPED_WITHIN_MS = 15_000;
const POLL_MS = 50;

const OPTIONS = { 'config-file': { type: 'string', multiple: true }, help: { type: 'boolean', short: 'h' } } as const;

/** `nova-ts stop`: ends what runs in a state directory as SIGTERM does, and waits for its end. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const { programs, nothing } = await runningThere(positionals, values['config-file']);
  if (programs.length === 0) console.log(nothing);
  await Promise.all(programs.filter(tell).map(awaitEnd));
}

async function awaitEnd(program: RunningProgram): Promise<void> {
  const { service, pid } = program;
  for (let waitedMs = 0; await isRunning(program); waitedMs += POLL_MS) {
    if (waitedMs >= STOPPED_WITHIN_MS) return fail(`process ${pid} did not stop within ${STOPPED_WITHIN_MS / 1_000} s`, program);
    await systemClock.sleep(POLL_MS);
  }
  console.log(`nova-ts ${service} (process ${pid}) has stopped`);
}

/** Sends SIGTERM; a program that has just ended needs none. @returns whether its end can be waited for */
function tell(program: RunningProgram): boolean {
  try {
    process.kill(program.pid, 'SIGTERM');
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return true;
    fail(`process ${program.pid} is not yours to stop (${codeOf(error)}): stop it as the user who started it`, program);
    return false;
  }
}

function fail(because: string, { service }: RunningProgram): void {
  process.exitCode = 1;
  process.stderr.write(`nova-ts ${service}: ${because}\n`);
}

const HELP = `nova-ts stop [SERVICE] [--config-file FILE]...
Stops what runs in the state directory (NOVA_STATE_DIR) as SIGTERM does, and returns when it has ended. Guests on libvirt go on.
Exit status 0: nothing runs now. 1: something could not be stopped, and a line says why.
  --config-file FILE    read the state directory's path from a file
`;
