import { expect, test } from 'vitest';
import { resetState } from './reset-state.ts';

// Seam: it reads no more of a server.
const nowhere = { id: 'one', host: null, shelved: null, vmState: 'error' } as never;
const reset = (to: 'active' | 'error') => resetState.does.onRecord({ ctx: {} as never, server: nowhere, input: { to }, check: () => {} });

test('a server that never got a host can be in error, but not active', () => {
  expect(reset('error')).toMatchObject({ vmState: 'error' });
  expect(() => reset('active')).toThrow('while it is on no host (vm_state error)');
});
