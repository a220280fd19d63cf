import { parseArgs } from 'node:util';
import { runningThere } from './background/running-there.ts';
import { sinceOf } from './background/since.ts';
import { systemClock } from '../lib/clock/clock.ts';
import { type Endpoints, endpointsOf } from './cloud/ready-file.ts';
import type { RunningProgram } from './cloud/running-programs.ts';
import { whereLines } from './cloud/where.ts';
import { runUpgradeCheck } from './upgrade-check/upgrade-check.ts';

/** The exit status of `systemctl status` and LSB's init scripts for "is not running". */
const EXIT_NOT_RUNNING = 3;

const OPTIONS = {
  'config-file': { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `nova-ts status`: what runs in a state directory, since when, and where. */
export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === 'upgrade' && args[1] === 'check') return await runUpgradeCheck(args.slice(2));
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const { stateDir, programs: running, nothing } = await runningThere(positionals, values['config-file']);
  const programs = await Promise.all(running.map(async (program) => ({ ...program, endpoints: await endpointsOf(stateDir, program) })));
  if (programs.length === 0) process.exitCode = EXIT_NOT_RUNNING;
  console.log(values.json ? jsonOf(stateDir, programs) : textOf(stateDir, programs, nothing));
}

type Status = RunningProgram & { readonly endpoints: Endpoints | undefined };

const jsonOf = (state: string, programs: readonly Status[]): string =>
  JSON.stringify(
    {
      running: programs.length > 0,
      state,
      programs: programs.map(({ service, host, pid, startedAt, endpoints, logFile }) => ({
        service,
        host,
        pid,
        since: startedAt,
        ready: endpoints !== undefined,
        endpoints: endpoints ?? {},
        log: logFile ?? null,
      })),
    },
    null,
    2,
  );

function textOf(stateDir: string, programs: readonly Status[], nothing: string): string {
  if (programs.length === 0) return nothing;
  return programs.map((program) => blockOf(stateDir, program)).join('\n\n');
}

const blockOf = (stateDir: string, { service, host, pid, startedAt, endpoints, logFile }: Status): string =>
  [
    `nova-ts ${service} of ${host} ${endpoints ? 'runs' : 'is starting'}, as process ${pid}, ${sinceOf(startedAt, systemClock)}`,
    ...whereLines({ endpoints: endpoints ?? {}, stateDir, logFile }),
  ].join('\n');

const HELP = `nova-ts status [SERVICE] [--json] [--config-file FILE]...
       nova-ts status upgrade check [--json] [--config-file FILE]...
Tells what runs in the state directory (NOVA_STATE_DIR), since when, and where.
Exit status 0: something runs. ${EXIT_NOT_RUNNING}: nothing does.
With "upgrade check" it tells whether something is in the way of an upgrade (--help after it).
  --json                for programs
  --config-file FILE    read the state directory's path from a file
`;
