/** `nova-ts manage db`: the schema of the database, and what deleted servers have left in it. */
import type { Command } from 'commander';
import { migrate, schemaOf } from '../../db/connect/migrate.ts';
import { archive, ARCHIVE_UNREACHABLE, type Archiving, purge, PURGE_UNREACHABLE, type PurgeAsked } from './archive.ts';
import { type Configured, onCloud, print, subcommand } from './on-cloud.ts';
import { tableOf } from './table.ts';

/** The exit status of `nova-manage db online_data_migrations` for a bad number. */
const BAD_COUNT = 127;

/** Adds the commands. */
export function addDb(command: Command): void {
  const db = command.command('db').description('The schema of the database, and what deleted servers have left in it.');
  const sub = (name: string, description: string) => subcommand(db, name, description);
  sub('version', "Print the newest step of the database's schema.").action((options: Configured) =>
    onCloud(
      options,
      async ({ db }) => {
        print((await schemaOf(db)).applied.at(-1) ?? 'empty');
        return 0;
      },
      { unmigrated: true },
    ),
  );
  sub('sync', 'Migrate the database to the schema of this program, as every program does when it starts.')
    .argument('[version]', 'ignored: there are no partial migrations')
    .option('--local_cell', 'ignored: there is one database')
    .action((_version: string | undefined, options: Configured) =>
      onCloud(options, async ({ db }) => sync(await migrate(db)), { unmigrated: true }),
    );
  sub('online_data_migrations', 'Migrate rows while the cloud runs: there are none, since `sync` migrates rows too.')
    .option('--max-count <number>', 'rows at most')
    .action((options: Configured & { readonly maxCount?: string }) => {
      process.exitCode = onlineMigrations(options.maxCount);
    });
  addArchive(sub);
}

type Sub = (name: string, description: string) => Command;

function addArchive(sub: Sub): void {
  sub('archive_deleted_rows', 'Move the rows of deleted servers into the archive. Exit status 1: rows were archived; 0: none were.')
    .option('--max_rows, --max-rows <number>', 'rows at most, but whole servers', '1000')
    .option('--before <date>', 'only servers that were deleted before: YYYY-MM-DD, or with HH:MM:SS')
    .option('--until-complete', 'until nothing is left to archive')
    .option('--purge', 'then delete from the archive what was deleted before the same time')
    .option('--dry-run', 'only tell what would be archived')
    .option('--sleep <seconds>', 'pause between batches', '0')
    .option('--verbose', 'print how many rows of which table')
    .option('--all-cells', 'ignored: there is one cell')
    .option('--task-log', 'ignored: there is no task log')
    .action((options: Configured & Archiving) =>
      onCloud(options, ({ db, runtime: { clock } }) => archive({ db, clock, print }, options), { unreachable: ARCHIVE_UNREACHABLE }),
    );
  sub('purge', 'Delete from the archive for good. Exit status 0: rows were deleted; 3: none were.')
    .option('--before <date>', 'only what was deleted before: YYYY-MM-DD, or with HH:MM:SS')
    .option('--all', 'everything')
    .option('--verbose', 'print how many rows of which table')
    .option('--all-cells', 'ignored: there is one cell')
    .action((options: Configured & PurgeAsked) =>
      onCloud(options, ({ db }) => purge({ db, print }, options), { unreachable: PURGE_UNREACHABLE }),
    );
}

function sync(steps: readonly string[]): number {
  print(steps.length > 0 ? `migrated: ${steps.join(', ')}` : 'the database is up to date');
  return 0;
}

function onlineMigrations(maxCount: string | undefined): number {
  if (maxCount !== undefined && !(Number(maxCount) >= 1)) {
    console.error('Must supply a positive value for max_number');
    return BAD_COUNT;
  }
  print(tableOf(['Migration', 'Total Needed', 'Completed'], []));
  return 0;
}
