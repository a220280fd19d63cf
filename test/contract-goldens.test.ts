import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { computeRpc } from '../src/compute/rpcapi.ts';
import { conductorRpc } from '../src/conductor/rpcapi.ts';
import type { Contract, Messages } from '../src/lib/rpc/contract.ts';
import { goldenOf } from '../src/lib/rpc/golden.ts';
import { networkRpc } from '../src/network/rpcapi.ts';
import { schedulerRpc } from '../src/scheduler/rpcapi.ts';
import { sourceFiles } from './architecture/source-tree.ts';

const DIRECTORY = join(import.meta.dirname, 'golden/rpc');
const contracts: readonly Contract<Messages>[] = [computeRpc, conductorRpc, networkRpc, schedulerRpc];

/** Old and new processes share the queue, so a message changes only when somebody looks at what changed: UPDATE_GOLDENS=1 writes it down. */
test.each(contracts.map((contract) => [contract.topic, contract] as const))(
  'the messages of %s are those of the golden file',
  async (topic, contract) => {
    const file = join(DIRECTORY, `${topic}.json`);
    if (process.env['UPDATE_GOLDENS'] === '1') {
      await mkdir(DIRECTORY, { recursive: true });
      await writeFile(file, goldenOf(contract));
    }
    const golden = await readFile(file, 'utf8').catch(() => `${file} is missing: run with UPDATE_GOLDENS=1\n`);
    expect(goldenOf(contract)).toBe(golden);
  },
);

test('every contract has its golden file, and every golden file its contract', async () => {
  const declared = sourceFiles(join(import.meta.dirname, '..'), 'src/*/rpcapi.ts').map(({ path }) => path.split('/')[1]);
  expect(contracts.map(({ topic }) => topic).sort()).toEqual(declared.sort());
  expect((await readdir(DIRECTORY)).sort()).toEqual(declared.map((topic) => `${topic}.json`));
});
