/** `nova-ts manage console`: recordings of serial consoles. */
import type { Command } from 'commander';
import { listRecordings, readRecording } from '../../db/stores/servers/console-recordings.ts';
import { asId, isUuid, type ServerId } from '../../objects/ids.ts';
import { type Configured, onCloud, type OpenCloud, print, subcommand } from './on-cloud.ts';
import { tableOf } from './table.ts';

const UNKNOWN = 1;

/** Adds the commands. */
export function addConsoles(command: Command): void {
  const group = command.command('console').description('Recordings of serial consoles.');
  subcommand(group, 'recordings', 'Print the recordings of a server, the latest first, with the requests that are among its actions.')
    .argument('<server>', 'its id')
    .option('--search <text>', 'only those that show a text')
    .action((server: string, options: Configured & { readonly search?: string }) =>
      onCloud(options, (cloud) => recordings(cloud, server, options.search)),
    );
  subcommand(group, 'recording', 'Print a recording, for players of asciicasts.')
    .argument('<recording>', 'its id')
    .action((id: string, options: Configured) => onCloud(options, (cloud) => recording(cloud, id)));
}

async function recordings({ db }: OpenCloud, server: string, text: string | undefined): Promise<number> {
  if (!isUuid(server)) {
    print(`${server} is not the id of a server.`);
    return UNKNOWN;
  }
  const found = await listRecordings(db, asId<ServerId>(server), text);
  const rows = found.map(({ id, requestId, startedAt, bytes }) => [id, startedAt.toISOString(), String(bytes), requestId]);
  print(tableOf(['Recording', 'Started at', 'Bytes', 'Request'], rows));
  return 0;
}

async function recording({ db }: OpenCloud, id: string): Promise<number> {
  const lines = await readRecording(db, id);
  if (lines === undefined) {
    print(`There is no recording ${id}.`);
    return UNKNOWN;
  }
  print(lines.trimEnd());
  return 0;
}
