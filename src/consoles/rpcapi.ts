import { Type as t } from '@sinclair/typebox';
import { type Client, call, contract } from '../lib/rpc/contract.ts';
import { openedConsole } from '../objects/console.ts';

/** The longest token that is asked about, in characters. */
export const MAX_TOKEN_LENGTH = 255;

/** What proxies ask: they have neither database nor rights. */
export const consoleRpc = contract('consoles', {
  /** Checks a token and opens the console behind it, for one connection; null if the token is good for nothing. */
  openConsole: call({
    to: 'any',
    params: { token: t.String({ maxLength: MAX_TOKEN_LENGTH }) },
    returns: t.Union([openedConsole, t.Null()]),
    timeoutMs: 30_000,
  }),
});

export type ConsoleRpcApi = Client<typeof consoleRpc>;
