import { parseArgs } from 'node:util';
import { paceOfCloud } from './whole-cloud.ts';
import { paceOfOperations } from './operations.ts';
import { paceOfConsoles } from './consoles.ts';
import { paceOfScheduling } from './scheduling.ts';
import { paceOfVolumes } from './volumes.ts';
import { type Figure, figure, markdownOf, tableOf } from './table.ts';

// Measures the speed and memory of a cloud, compared with a raw server on the same machine in the same run:
// npm run bench [-- --servers N] [--only cloud|operations|volumes|scheduling|consoles] [--json | --markdown]

/** The default of `--servers`. */
const SERVERS = 1_000;
const HOSTS = [1_000, 10_000];

const { values: wanted } = parseArgs({
  options: {
    servers: { type: 'string', default: String(SERVERS) },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});

const PARTS = ['cloud', 'operations', 'volumes', 'scheduling', 'consoles'] as const;
const { only } = wanted;
if (only !== undefined && !PARTS.some((part) => part === only)) throw new Error(`--only ${only}: the parts are ${PARTS.join(', ')}`);
const isWanted = (part: (typeof PARTS)[number]): boolean => only === undefined || only === part;

const figures: Figure[] = [];
if (isWanted('cloud')) figures.push(...(await paceOfCloud(Number(wanted.servers))));
if (isWanted('operations')) figures.push(...(await paceOfOperations()));
if (isWanted('volumes')) figures.push(...(await paceOfVolumes()));
if (isWanted('consoles')) figures.push(...(await paceOfConsoles()));
if (isWanted('scheduling')) for (const hosts of HOSTS) figures.push(await scheduling(hosts));
console.log(wanted.json ? JSON.stringify(figures, null, 2) : wanted.markdown ? markdownOf(figures) : tableOf(figures));

async function scheduling(hosts: number): Promise<Figure> {
  const { p50Ms, p99Ms } = await paceOfScheduling(hosts);
  return figure('schedule', `schedule one server on ${hosts} hosts`, { value: p99Ms, unit: 'ms', p50Ms, p99Ms });
}
