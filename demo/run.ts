import { parseArgs } from 'node:util';
import { systemClock } from '../src/lib/clock/clock.ts';
import { messageOf } from '../src/lib/errors/error-type.ts';
import { runDemo } from './run-demo.ts';
import { screenOn } from './screen.ts';
import { stopKept } from './stop-kept.ts';

const HELP = `npm run demo [-- OPTIONS]
Starts a cloud of its own, boots a guest through its public API, shows the way of the request, cleans up.
  --keep        leave the cloud and its server running
  --stop DIR    stop the cloud that --keep left running in this state directory, and remove it
`;

/** Signals that end the demo early, with the exit statuses that shells give them. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Exit status for a command line that cannot be parsed, as shells use it. */
const EXIT_USAGE = 2;

/** Shows the main job from one end to the other; the exit status is 0, 1 where it failed, or that of the signal that ended it. */
async function run(values: { readonly keep?: boolean; readonly stop?: string; readonly help?: boolean }): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  // A reader that goes away (`| head`) must not keep the demo from cleaning up.
  process.stdout.on('error', () => {});
  const stage = { screen: screenOn(process.stdout, process.env), clock: systemClock, signal: interruption() };
  if (values.stop !== undefined) return stopKept(values.stop, stage);
  await runDemo({ keep: values.keep ?? false }, stage).catch(() => {
    // The demo has said why.
    process.exitCode ||= 1;
  });
}

/** Aborts at the first signal. Terminal and npm may both send one, so further ones change nothing: the cleaning up goes on. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const [name, status] of Object.entries(SIGNALS)) {
    process.on(name, () => {
      process.exitCode = status;
      controller.abort();
    });
  }
  return controller.signal;
}

const options = { keep: { type: 'boolean' }, stop: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
try {
  const { values } = parseArgs({ options });
  await run(values);
} catch (error) {
  process.stderr.write(`nova-ts demo: ${messageOf(error)}\n`);
  process.exitCode = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS') ? EXIT_USAGE : 1;
}
