import { startEmbeddedPostgres } from '../../db/embedded/start.ts';
import { migrate } from '../../db/connect/migrate.ts';
import { adoptRestoredEvents } from '../../db/stores/cloud/event-feed.ts';
import { type OpenDatabase, openDatabase } from '../../db/connect/open.ts';
import { needingSpace } from './disk-space.ts';
import type { Runtime } from './runtime.ts';

/** Connections of one program. More made it no faster, and each holds the plans of all statements, some 6 MB. */
const POOL_SIZE = 10;
const MIGRATION_POOL_SIZE = 1;

/** Opens the cloud's database, configured or embedded, and migrates it to this program's schema. */
export async function openCloudDatabase(runtime: Runtime): Promise<OpenDatabase> {
  const { log, life } = runtime;
  const options = await databaseOptions(runtime);
  // Statements that change large tables take long, and one of several programs waits for the others.
  const patient = await openDatabase({ ...options, poolSize: MIGRATION_POOL_SIZE, statementTimeoutMs: 0 });
  const steps = await migrate(patient.db).finally(() => patient.close());
  if (steps.length > 0) log.info({ steps }, 'the database has been brought up to date');
  const database = await openDatabase({ ...options, poolSize: POOL_SIZE });
  life.hold('the database', database, (open) => open.close());
  await adoptRestoredEvents(database.db);
  return database;
}

/** Opens the cloud's database as it is, for those who look at its schema. */
export async function openUnmigratedDatabase(runtime: Runtime): Promise<OpenDatabase> {
  const options = await databaseOptions(runtime);
  const database = await openDatabase({ ...options, poolSize: MIGRATION_POOL_SIZE, statementTimeoutMs: 0 });
  return runtime.life.hold('the database', database, (open) => open.close());
}

async function databaseOptions(runtime: Runtime) {
  const { clock, log, life, service } = runtime;
  const url = await databaseUrl(runtime);
  return { url, log, clock, applicationName: `nova-ts ${service}`, signal: life.signal };
}

/** Where the cloud's database is; starts the embedded one unless it runs. */
export const databaseUrl = async (runtime: Runtime): Promise<string> => runtime.config.database.connection ?? (await embedded(runtime));

async function embedded({ stateDir, clock, log, life }: Pick<Runtime, 'stateDir' | 'clock' | 'log' | 'life'>): Promise<string> {
  const server = await needingSpace(stateDir, () => startEmbeddedPostgres({ stateDir, clock, log }));
  return life.hold('the embedded PostgreSQL', server, (running) => running.stop()).url;
}
