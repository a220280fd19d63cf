/** How commands of operators are declared, reach an existing cloud, answer, and end. */
import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { OpenDatabase } from '../../db/connect/open.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import { CannotStart } from '../cannot-start.ts';
import { openCloudDatabase, openUnmigratedDatabase } from '../cloud/database.ts';
import { inState, openRuntime, type Runtime } from '../cloud/runtime.ts';

/** What Nova's tools return when something unexpected happened. */
export const EXIT_UNEXPECTED = 255;

/** A cloud that is open for a command. */
export interface OpenCloud extends OpenDatabase {
  readonly runtime: Runtime;
}

/** Options of every command. */
export interface Configured {
  readonly configFile?: string[];
}

/** Adds a command of that name, with the options of every command. */
export const subcommand = (parent: Command, name: string, description: string): Command =>
  parent.command(name).description(description).option('--config-file <file...>', 'configuration files');

/** Answers the operator. */
export const print = (line: string): void => console.log(line);

interface How {
  /** Whether the database is used as it is, also if this program would migrate it. */
  readonly unmigrated?: boolean;
  /** The exit status when there is no cloud, or it cannot be reached; by default that of the unexpected. */
  readonly unreachable?: number;
}

/** Runs a command on an existing cloud, and sets the exit status that it returns. */
export async function onCloud(
  { configFile = [] }: Configured,
  work: (cloud: OpenCloud) => Promise<number>,
  { unmigrated = false, unreachable = EXIT_UNEXPECTED }: How = {},
): Promise<void> {
  let runtime: Runtime | undefined;
  let isOpen = false;
  try {
    runtime = openExistingCloud(configFile);
    const database = await (unmigrated ? openUnmigratedDatabase(runtime) : openCloudDatabase(runtime));
    isOpen = true;
    process.exitCode = await work({ ...database, runtime });
  } catch (error) {
    console.error(`nova-ts: ${messageOf(error)}`);
    process.exitCode = isOpen ? EXIT_UNEXPECTED : unreachable;
  } finally {
    await runtime?.life.end();
  }
}

/** The tool inspects an existing cloud; a mistyped directory must not create one. */
export function openExistingCloud(configFiles: readonly string[]): Runtime {
  const runtime = openRuntime('manage', { configFiles });
  const isThere = runtime.config.database.connection !== undefined || existsSync(inState(runtime, 'postgres'));
  if (!isThere) {
    throw CannotStart({ because: `there is no cloud in ${runtime.stateDir}: set NOVA_STATE_DIR or NOVA_DATABASE_URL to where yours is` });
  }
  return runtime;
}
