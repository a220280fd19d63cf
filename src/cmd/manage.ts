import { Command } from 'commander';
import { readHops } from '../db/stores/cloud/request-story.ts';
import { renderWalk, walkOf } from '../lib/trace/walk.ts';
import { openCloudDatabase } from './cloud/database.ts';
import { addCells } from './manage/cells.ts';
import { addConsoles } from './manage/consoles.ts';
import { addDb } from './manage/db.ts';
import { type Configured, openExistingCloud, subcommand } from './manage/on-cloud.ts';
import { addPlacement } from './manage/placement.ts';
import { addServices } from './manage/services.ts';
import { events, type EventsOptions } from './events.ts';
import { psql } from './psql.ts';
import { removeHost, type RemoveHostOptions } from './remove-host.ts';
import { verify, type VerifyOptions } from './verify.ts';

/** The operator's tool: looks into the books of a cloud. */
export async function run(args: readonly string[]): Promise<void> {
  // Commander's exit status for a misspelt flag would mean "breaches are left", so it throws instead. Subcommands inherit that.
  const command = new Command('nova-ts manage').description("Looks into a cloud's books.").exitOverride().addHelpText('after', EXAMPLES);
  subcommand(command, 'trace', 'Print the way that a request took.')
    .argument('<request-id>', 'the x-openstack-request-id of an answer, req-...')
    .option('--json', 'print the hops as JSON')
    .action(trace);
  subcommand(command, 'events', 'Print what happens in the cloud: events in the order of the feed, the oldest first.')
    .option('--after <position>', 'begin after this position, or after `now`; from the beginning when left out')
    .option('--follow', 'wait for more, until the program is stopped')
    .option('--json', 'print each event as a line of JSON, with its payload')
    .action(async ({ configFile = [], ...options }: EventsOptions & Configured) => {
      process.exitCode = await events(() => openExistingCloud(configFile), options);
    });
  subcommand(
    command,
    'verify',
    'Check that the books are sound: print each breach with its evidence and its repair. Exit status 0 only when clean.',
  )
    .option('--repair', 'repair what can be repaired without harm, and check again')
    .option('--json', 'print the verdict as JSON')
    .action(async ({ configFile = [], ...options }: VerifyOptions & Configured) => {
      process.exitCode = await verify(() => openExistingCloud(configFile), options);
    });
  addPlacement(command);
  addDb(command);
  addCells(command);
  addServices(command);
  addConsoles(command);
  subcommand(command, 'psql', "Open the cloud's database, embedded or not, in psql, and end with its exit status.")
    .argument('[args...]', 'arguments for psql, after --')
    .action(async (args: string[], { configFile = [] }: Configured) => {
      process.exitCode = await psql(() => openExistingCloud(configFile), args);
    });
  subcommand(
    command,
    'remove-host',
    'Remove a host that is no longer used: its services, its hypervisor, and what is left of it on this machine.',
  )
    .argument('<host>', 'its NOVA_HOST, as in `openstack compute service list`')
    .option('--yes', 'remove it without asking')
    .action(async (host: string, { configFile = [], ...options }: RemoveHostOptions & Configured) => {
      process.exitCode = await removeHost(() => openExistingCloud(configFile), host, options);
    });
  await command.parseAsync([...args], { from: 'user' });
}

const EXAMPLES = `
Examples:
  nova-ts manage trace req-...             the x-openstack-request-id of any answer
  nova-ts manage events --follow           what happens, as it happens
  nova-ts manage placement explain ID      why a server is where it is, or nowhere
  nova-ts manage verify                    whether all books agree; exit status 0 if they do
  nova-ts manage db archive_deleted_rows   deleted servers out of the way
  nova-ts manage remove-host node-7        after its servers have gone and its services have stopped

What runs, and where: nova-ts status. The cloud is that of NOVA_STATE_DIR, or of NOVA_DATABASE_URL.`;

async function trace(requestId: string, { json, configFile = [] }: { readonly json?: boolean } & Configured): Promise<void> {
  const runtime = openExistingCloud(configFile);
  try {
    const { db } = await openCloudDatabase(runtime);
    const hops = await readHops(db, requestId);
    if (hops.length === 0) {
      console.error(`nova-ts: nothing is known of the request ${requestId}; stories are kept for ${runtime.config.trace.keep_hours} hours`);
      process.exitCode = 1;
    } else console.log(json ? JSON.stringify(hops, null, 2) : renderWalk(walkOf(hops)));
  } finally {
    await runtime.life.end();
  }
}
