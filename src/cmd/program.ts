import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { messageOf } from '../lib/errors/error-type.ts';
import { codeOf } from '../lib/errors/outage.ts';
import { didYouMean } from '../lib/text/nearest.ts';
import type { Service } from './service.ts';
import { UsageError } from './usage-error.ts';

/** The conventional exit status for a usage error. */
const EXIT_USAGE = 2;

const version = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
};

/** Below the list of services. */
const MORE_HELP = `
Examples:
  nova-ts all                              the whole cloud, until Ctrl-C
  nova-ts start; nova-ts status            the same in the background, and where it is
  nova-ts stop
  nova-ts conductor --config-file nova.conf
  nova-ts manage trace req-...             what a request did, step by step

Environment (stronger than configuration files; README.md has all):
  NOVA_STATE_DIR       where all state is: ./var, for root /var/lib/nova-ts
  NOVA_PORT_OFFSET     added to every port
  NOVA_CONFIG          a configuration file, like etc/nova/nova.conf.sample

"nova-ts SERVICE --help" tells the options of one. Documentation: docs/operate/services.md`;

/** The command line `nova-ts SERVICE ...`: each service parses its own options, and its code is loaded on demand. */
export function program(known: readonly Service[]): Command {
  const command = new Command('nova-ts')
    .description('OpenStack Nova, the compute service of a cloud: one command, one cloud.')
    .version(version(), '-V, --version')
    .usage('SERVICE [options]')
    .helpCommand(false)
    .configureHelp({ subcommandTerm: (service) => service.name() })
    .addHelpText('after', MORE_HELP)
    .enablePositionalOptions()
    .exitOverride()
    .argument('[service]')
    .action((typed?: string) => {
      if (typed === undefined) command.help({ error: true });
      else command.error(unknownService(typed, known), { exitCode: EXIT_USAGE });
    });
  for (const service of known) {
    command
      .command(service.name)
      .summary(service.summary)
      .helpOption(false)
      .passThroughOptions()
      .allowUnknownOption()
      .argument('[args...]')
      .action(async (args: string[]) => (await service.load()).run(args));
  }
  return command;
}

function unknownService(typed: string, known: readonly Service[]): string {
  const names = known.map((service) => service.name);
  return `nova-ts: there is no service "${typed}"${didYouMean(typed, names)} (known: ${names.join(', ') || 'none'})`;
}

/** Runs one command line; returns the exit status. */
export async function runProgram(args: readonly string[], known: readonly Service[]): Promise<number> {
  try {
    await program(known).parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // Commander has already printed the error; its own status for a usage error is 1.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
    // One line for each mistake in the configuration.
    console.error(messageOf(error).replace(/^/gm, 'nova-ts: '));
    return isUsageError(error) ? EXIT_USAGE : 1;
  }
}

/** Whether Node's `parseArgs` refused the options of a service, or the service its arguments. */
const isUsageError = (error: unknown): boolean => UsageError.is(error) || codeOf(error).startsWith('ERR_PARSE_ARGS');
