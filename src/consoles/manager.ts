import type { Manager } from '../lib/rpc/contract.ts';
import type { ConsoleAuth } from './api.ts';
import type { consoleRpc } from './rpcapi.ts';

/** Answers the proxies. */
export const consoleManager = (consoles: Pick<ConsoleAuth, 'open' | 'prolong' | 'record' | 'share'>): Manager<typeof consoleRpc> => ({
  openConsole: async (ctx, { token, secret, keepsFromTyping = false }) => {
    const opened = await consoles.open(ctx, { token, secret });
    const mayType = typeof opened !== 'object' || opened.isViewOnly !== true;
    return (mayType || keepsFromTyping ? opened : undefined) ?? null;
  },
  prolongConsole: async (ctx, ticket) => (await consoles.prolong(ctx, ticket))?.toISOString() ?? null,
  recordConsole: (ctx, { recording: id, at, lines }) => consoles.record(ctx, { id, at, lines }),
  shareConsole: async (ctx, ticket) => (await consoles.share(ctx, ticket)) ?? null,
});
