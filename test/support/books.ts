/** Finds leftovers of deleted servers in the database and on the simulated hypervisors of a cloud under test. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import type { Cloud } from './cloud.ts';

/** Runs one query on a cloud's database. */
export async function query<Row extends QueryResultRow>(cloud: Cloud, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: await cloud.databaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** What must not exist without servers, each with the query that finds it. */
const leftoverQueries = {
  server: `select id::text as what from servers where vm_state <> 'deleted'`,
  'task of a server': `select id::text || ' ' || task_state as what from servers where task_state is not null`,
  placement: `select server_id::text || ' on ' || host || ' as ' || role as what from placements`,
  'used resource': `select host || ' ' || resource_class as what from inventories where used > 0`,
  port: `select id::text as what from ports where server_id is not null or made_for_server`,
  address: `select ip_address::text as what from ip_allocations join ports on ports.id = port_id where server_id is not null`,
  workflow: `select definition || ' ' || status as what from workflows where ended_at is null`,
};

/** Everything that servers left behind, as sentences; must be empty in a cloud without servers. */
export async function leftovers(cloud: Cloud): Promise<string[]> {
  const found: string[] = [];
  for (const [kind, text] of Object.entries(leftoverQueries))
    for (const { what } of await query<{ what: string }>(cloud, text)) found.push(`${kind}: ${what}`);
  return [...found, ...(await fakeGuests(cloud)).map((id) => `guest: ${id}`)];
}

/** The ids of all servers that have a simulated guest, on any host. */
export async function fakeGuests(cloud: Cloud): Promise<string[]> {
  const hosts = join(cloud.stateDir, 'hosts');
  const names = await readdir(hosts).catch((): string[] => []);
  const files = await Promise.all(names.map((name) => readdir(join(hosts, name, 'fake-guests')).catch((): string[] => [])));
  return files
    .flat()
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length));
}
