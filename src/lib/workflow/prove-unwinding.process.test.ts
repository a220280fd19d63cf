import { AssertionError } from 'node:assert';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { crashSample, runsAtLeast } from '../../../test/support/crash-sample.ts';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { type ProofTools, proveUnwinding } from './prove-unwinding.ts';
import { workflow } from './workflow.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** A small cloud: a host has room, a port has an address, a guest reports when it runs. */
function cloud({ report }: ProofTools, bugs: { readonly portStays?: boolean; readonly claimsPileUp?: boolean } = {}) {
  const [claims, ports, guests] = [new Map<string, number>(), new Set<string>(), new Set<string>()];
  const definition = workflow<{ serverId: string; ramMb: number }>('boot-example')
    .step('target', { do: () => ({ host: 'host1' }) })
    .step('claim', {
      do: ({ serverId, ramMb }) => claims.set(serverId, ramMb + (bugs.claimsPileUp ? (claims.get(serverId) ?? 0) : 0)).size,
      undo: ({ serverId }) => claims.delete(serverId),
    })
    .step('port', {
      do: ({ serverId }) => ({ port: [...ports.add(`port-${serverId}`)].length }),
      undo: ({ serverId }) => bugs.portStays || ports.delete(`port-${serverId}`),
    })
    .step('guest', {
      do: async ({ serverId, target }, w) => {
        guests.add(`${serverId}@${target.host}`);
        void report(w.taskId, { ok: 'running' });
        return w.awaitReport<string>({ timeoutMs: 5_000 });
      },
      undo: ({ serverId, target }) => guests.delete(`${serverId}@${target.host}`),
    })
    .step('active', { do: ({ guest }) => guests.add(`it is ${guest}`), undo: () => guests.delete('it is running') });
  const snapshot = () => ({ claims: [...claims], ports: [...ports], guests: [...guests] });
  return { definition, snapshot };
}

const proofOf = (bugs: Parameters<typeof cloud>[1]) => ({
  db: database.db,
  pool: database.pool,
  sample: crashSample,
  input: { serverId: 's1', ramMb: 512 },
  world: (tools: ProofTools) => cloud(tools, bugs),
});

test('a workflow with honest steps leaves all or nothing, wherever it fails, repeats or crashes', { timeout: 120_000 }, async () => {
  expect(await proveUnwinding(proofOf({}))).toBeGreaterThan(runsAtLeast(200));
});

test('a step whose undo leaves something behind is found out', async () => {
  await expect(proveUnwinding(proofOf({ portStays: true }))).rejects.toThrow(AssertionError);
});

test('a step that may not be repeated is found out', async () => {
  await expect(proveUnwinding(proofOf({ claimsPileUp: true }))).rejects.toThrow(AssertionError);
});
