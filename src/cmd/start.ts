import { parseArgs } from 'node:util';
import { startInBackground } from './background/start.ts';
import { daemonNamed } from './background/names.ts';

const OPTIONS = {
  'config-file': { type: 'string', multiple: true },
  'log-file': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** `nova-ts start`: for scripts and CI jobs, which need the cloud while they go on. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const service = daemonNamed(positionals) ?? 'all';
  await startInBackground(service, { configFiles: values['config-file'] ?? [], logFile: values['log-file'] });
}

const HELP = `nova-ts start [SERVICE] [--config-file FILE]... [--log-file FILE]
Starts a service in the background, the whole cloud by default, and returns when it is ready. Says so if it runs already.
Exit status 0: it is ready. 1: it is not, and one line says why.
  --config-file FILE    read options from a file; of several the last one wins
  --log-file FILE       its log; by default in "logs" of the state directory
`;
