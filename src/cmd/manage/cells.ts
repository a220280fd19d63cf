/** `nova-ts manage cell_v2`: a cloud has one cell here, so most of these commands have nothing to do and say so. */
import type { Command } from 'commander';
import { listComputeHosts } from '../../db/stores/hosts/hosts.ts';
import { isArchived } from '../../db/stores/servers/archive.ts';
import { findServers } from '../../db/stores/servers/servers.ts';
import type { CellDb } from '../../db/sql/queries.ts';
import { maskedUrl } from '../../lib/rpc/rabbitmq/broker-url.ts';
import { isUuid } from '../../objects/ids.ts';
import { cloudIdOf } from '../cloud/cloud-id.ts';
import { type Configured, onCloud, type OpenCloud, print, subcommand } from './on-cloud.ts';
import { tableOf } from './table.ts';

const CELL = 'cell1';
const NOTHING_TO_MAP = 'There is one cell, which has all hosts and servers: nothing has to be mapped.';
const ONE_CELL = 'there is one cell, which comes with the database; it cannot be made, changed or deleted';

/** What is known of a server, by the exit statuses of `nova-manage cell_v2 verify_instance`. */
const IN_CELL = 0;
const UNKNOWN = 1;
const DELETED = 3;
const ARCHIVED = 4;

/** With `--strict`, no new host is a failure. */
const NO_NEW_HOST = 1;

/** Adds the commands. */
export function addCells(command: Command): void {
  const cells = command.command('cell_v2').description('The cell of this cloud. There is one, so most commands have nothing to do.');
  const sub = (name: string, description: string) => subcommand(cells, name, description);
  sub('list_cells', 'Print the cell, its queue and its database.')
    .option('--verbose', 'ignored: passwords are never printed')
    .action((options: Configured) => onCloud(options, listCells));
  sub('list_hosts', 'Print the compute hosts of the cell.')
    .option('--cell_uuid <uuid>', 'ignored: there is one cell')
    .action((options: Configured) => onCloud(options, listHosts));
  sub('discover_hosts', 'Hosts are known as soon as they start, so none has to be discovered.')
    .option('--cell_uuid <uuid>', 'ignored: there is one cell')
    .option('--by-service', 'ignored')
    .option('--strict', `end with status ${NO_NEW_HOST}, because no host was new`)
    .option('--verbose', 'ignored')
    .action(({ strict = false }: { readonly strict?: boolean }) => {
      print('Found 0 unmapped computes: hosts are known as soon as they start.');
      process.exitCode = strict ? NO_NEW_HOST : 0;
    });
  sub('verify_instance', 'Tell whether the cell has a server.')
    .requiredOption('--uuid <uuid>', 'the id of the server')
    .option('--quiet', 'only the exit status')
    .action((options: Configured & Wanted) => onCloud(options, (cloud) => verifyInstance(cloud, options)));
  for (const name of ['simple_cell_setup', 'map_cell0', 'map_cell_and_hosts', 'map_instances'])
    sub(name, 'Nothing has to be mapped.')
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => print(NOTHING_TO_MAP));
  for (const name of ['create_cell', 'update_cell', 'delete_cell'])
    sub(name, 'Refused: there is one cell.')
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => refuse(ONE_CELL));
  sub('delete_host', 'Refused: `nova-ts manage remove-host` removes a host with all that it has left.')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(() => refuse('use `nova-ts manage remove-host HOST`, which removes the host with all that it has left'));
}

function refuse(because: string): void {
  console.error(`nova-ts: ${because}`);
  process.exitCode = 1;
}

/** An address without its password. */
const shown = (url: string): string => (URL.canParse(url) ? maskedUrl(url) : url);

async function listCells({ db, runtime }: OpenCloud): Promise<number> {
  const { transport_url } = runtime.config.DEFAULT;
  const database = runtime.config.database.connection;
  const row = [
    CELL,
    await cloudIdOf({ db, runtime }),
    shown(transport_url),
    database === undefined ? `embedded, in ${runtime.stateDir}` : shown(database),
    'False',
  ];
  print(tableOf(['Name', 'UUID', 'Transport URL', 'Database Connection', 'Disabled'], [row]));
  return 0;
}

async function listHosts({ db, runtime }: OpenCloud): Promise<number> {
  const id = await cloudIdOf({ db, runtime });
  const hosts = await listComputeHosts(db);
  print(
    tableOf(
      ['Cell Name', 'Cell UUID', 'Hostname'],
      hosts.map(({ host }) => [CELL, id, host]),
    ),
  );
  return 0;
}

interface Wanted {
  readonly uuid: string;
  readonly quiet?: boolean;
}

async function verifyInstance({ db, runtime }: OpenCloud, { uuid, quiet = false }: Wanted): Promise<number> {
  const found = isUuid(uuid) ? await whereIs(db, uuid) : UNKNOWN;
  const cell = `${CELL} (${await cloudIdOf({ db, runtime })})`;
  const words = {
    [IN_CELL]: `Instance ${uuid} is in cell: ${cell}`,
    [UNKNOWN]: `Instance ${uuid} is not mapped to a cell: there is no such server`,
    [DELETED]: `The instance with uuid ${uuid} has been deleted; its record is in cell: ${cell}`,
    [ARCHIVED]: `The instance with uuid ${uuid} has been deleted and archived in cell: ${cell}`,
  };
  if (!quiet) print(words[found]);
  return found;
}

type Found = typeof IN_CELL | typeof UNKNOWN | typeof DELETED | typeof ARCHIVED;

async function whereIs(db: CellDb, id: string): Promise<Found> {
  const [server] = await findServers(db, [id]);
  if (server) return server.vmState === 'deleted' ? DELETED : IN_CELL;
  return (await isArchived(db, id)) ? ARCHIVED : UNKNOWN;
}
