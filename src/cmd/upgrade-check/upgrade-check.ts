/** `nova-ts status upgrade check`: whether something is in the way of an upgrade, in the form of `nova-status upgrade check`. */
import { parseArgs } from 'node:util';
import type { CellDb } from '../../db/sql/queries.ts';
import { onCloud } from '../manage/on-cloud.ts';
import { boxOf } from '../manage/table.ts';
import { type Check, checks, type Found, results } from './checks.ts';

const OPTIONS = {
  'config-file': { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** How long a line of details is, as in Nova. */
const DETAILS_WIDTH = 60;

export interface Checked extends Found {
  readonly name: string;
}

/** Runs the checks one after the other. After a pending schema the others would read tables that are not there. */
export async function runChecks(db: CellDb, list: readonly Check[] = checks): Promise<readonly Checked[]> {
  const found: Checked[] = [];
  for (const { name, run } of list) {
    found.push({ name, ...(await run(db)) });
    if (name === 'Database Schema' && found.at(-1)?.result !== 'Success') break;
  }
  return found;
}

/** The exit status: that of the worst finding. */
export const statusOf = (found: readonly Checked[]): number => Math.max(0, ...found.map(({ result }) => results[result]));

/** What was found, in Nova's frame. */
export const renderChecks = (found: readonly Checked[]): string =>
  boxOf(
    'Upgrade Check Results',
    found.map(({ name, result, details = 'None' }) => [`Check: ${name}`, `Result: ${result}`, ...wrapped(`Details: ${details}`)]),
  );

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= DETAILS_WIDTH) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** Runs the command. */
export async function runUpgradeCheck(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) return void process.stdout.write(HELP);
  const configured = values['config-file'] ? { configFile: values['config-file'] } : {};
  await onCloud(
    configured,
    async ({ db }) => {
      const found = await runChecks(db);
      console.log(values.json ? JSON.stringify({ checks: found, status: statusOf(found) }, null, 2) : renderChecks(found));
      return statusOf(found);
    },
    { unmigrated: true },
  );
}

const HELP = `nova-ts status upgrade check [--json] [--config-file FILE]...
Tells whether something is in the way of an upgrade to this program.
Exit status 0: nothing is. 1: something should be looked at. 2: something must be done first. 255: the checks could not be made.
`;
