import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMPUTE_CONTRACT, computeRpc } from '../src/compute/rpcapi.ts';
import { conductorRpc } from '../src/conductor/rpcapi.ts';
import { consoleRpc } from '../src/consoles/rpcapi.ts';
import { cast, contract, type Contract, type Messages } from '../src/lib/rpc/contract.ts';
import { goldenOf } from '../src/lib/rpc/golden.ts';
import { networkRpc } from '../src/network/rpcapi.ts';
import { schedulerRpc } from '../src/scheduler/rpcapi.ts';
import { volumeRpc } from '../src/volume/rpcapi.ts';
import { sourceFiles } from './architecture/source-tree.ts';
import { numberProblem } from './support/contract-number.ts';

const DIRECTORY = join(import.meta.dirname, 'golden/rpc');
const contracts: readonly Contract<Messages>[] = [computeRpc, conductorRpc, consoleRpc, networkRpc, schedulerRpc, volumeRpc];

/** Old and new processes share the queue, so a message changes only when somebody looks at what changed: UPDATE_GOLDENS=1 writes it down. */
test.each(contracts.map((contract) => [contract.topic, contract] as const))(
  'the messages of %s are those of the golden file',
  async (topic, contract) => {
    const file = join(DIRECTORY, `${topic}.json`);
    const now = goldenOf(contract);
    const before = await readFile(file, 'utf8').catch(() => undefined);
    if (before !== undefined) expect(numberProblem(before, now)).toBe(undefined);
    if (process.env['UPDATE_GOLDENS'] === '1') {
      await mkdir(DIRECTORY, { recursive: true });
      await writeFile(file, now);
    }
    const golden = await readFile(file, 'utf8').catch(() => `${file} is missing: run with UPDATE_GOLDENS=1\n`);
    expect(now).toBe(golden);
  },
);

test('every contract has its golden file, and every golden file its contract', async () => {
  const declared = sourceFiles(join(import.meta.dirname, '..'), 'src/*/rpcapi.ts').map(({ path }) => path.split('/')[1]);
  expect(contracts.map(({ topic }) => topic).sort()).toEqual(declared.sort());
  expect((await readdir(DIRECTORY)).sort()).toEqual(declared.map((topic) => `${topic}.json`));
});

test('the number that compute hosts tell is that of their contract', () => {
  expect(computeRpc.number).toBe(COMPUTE_CONTRACT);
});

const pause = cast({ to: 'host', params: {} });
const rescue = (since?: number) => cast({ to: 'host', params: {}, ...(since === undefined ? {} : { since }) });
const textOf = (messages: Messages, number?: number) => goldenOf(contract('t', messages, number === undefined ? {} : { number }));

test.each([
  ['nothing changed', textOf({ pause }, 2), textOf({ pause }, 2), undefined],
  ['a first number', textOf({ pause }), textOf({ pause, rescue: rescue(2) }, 2), undefined],
  ['a new message', textOf({ pause }, 2), textOf({ pause, rescue: rescue(3) }, 3), undefined],
  ['a contract that has no number', textOf({ pause }), textOf({ pause, rescue: rescue() }), undefined],
  ['a change without the number', textOf({ pause }, 2), textOf({ pause, rescue: rescue(2) }, 2), 'becomes 3'],
  ['a number that skips one', textOf({ pause }, 2), textOf({ pause }, 4), 'becomes 3'],
  ['a new message that does not say since', textOf({ pause }, 2), textOf({ pause, rescue: rescue() }, 3), 'since: 3 (rescue)'],
  ['a message that means something else now', textOf({ pause, rescue: rescue(2) }, 2), textOf({ pause, rescue: rescue(3) }, 3), undefined],
  [
    'a message that is told as older',
    textOf({ pause, rescue: rescue(2) }, 2),
    textOf({ pause, rescue: rescue() }, 3),
    'as long as before: rescue',
  ],
  ['a lost number', textOf({ pause }, 2), textOf({ pause }), 'lost its number'],
] as const)('the number of a contract, with %s', (_what, before, now, problem) => {
  if (problem === undefined) expect(numberProblem(before, now)).toBe(undefined);
  else expect(numberProblem(before, now)).toContain(problem);
});
