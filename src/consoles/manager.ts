import type { Manager } from '../lib/rpc/contract.ts';
import type { ConsoleAuth } from './api.ts';
import type { consoleRpc } from './rpcapi.ts';

/** Answers the proxies. */
export const consoleManager = (consoles: Pick<ConsoleAuth, 'open'>): Manager<typeof consoleRpc> => ({
  openConsole: async (ctx, { token }) => (await consoles.open(ctx, token)) ?? null,
});
