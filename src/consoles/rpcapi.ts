import { Type as t } from '@sinclair/typebox';
import { type Client, call, contract } from '../lib/rpc/contract.ts';
import { consoleRefusal, openedConsole } from '../objects/console.ts';

/** The longest token that is asked about, in characters; the longest secret of a viewer, too. */
export const MAX_TOKEN_LENGTH = 255;

/** The longest part of a recording that is kept at once, in characters. */
export const MAX_RECORDED_LENGTH = 512 * 1024;

const token = t.String({ maxLength: MAX_TOKEN_LENGTH });

/** What proxies ask: they have neither database nor rights. */
export const consoleRpc = contract('consoles', {
  /**
   * Checks a token and opens the console behind it, for one connection; null if the token is good for nothing. A proxy that keeps viewers of
   * links to look only from typing says so; others get no such console.
   */
  openConsole: call({
    to: 'any',
    params: { token, secret: t.Optional(token), keepsFromTyping: t.Optional(t.Boolean()) },
    returns: t.Union([openedConsole, consoleRefusal, t.Null()]),
    timeoutMs: 30_000,
  }),
  /** Lets the token of a connected viewer last longer: until when; null if it was revoked. */
  prolongConsole: call({ to: 'any', params: { token, secret: token }, returns: t.Union([t.String({ format: 'date-time' }), t.Null()]) }),
  /** Keeps what a viewer saw, as lines of an asciicast, after the first `at` bytes of the recording; false if no more can be kept. */
  recordConsole: call({
    to: 'any',
    params: { recording: t.String({ format: 'uuid' }), at: t.Integer({ minimum: 0 }), lines: t.String({ maxLength: MAX_RECORDED_LENGTH }) },
    returns: t.Boolean(),
  }),
  /** Makes an address for others to look at what a viewer sees; null if the console is not the viewer's to show. */
  shareConsole: call({ to: 'any', params: { token, secret: token }, returns: t.Union([t.String(), t.Null()]) }),
});

export type ConsoleRpcApi = Client<typeof consoleRpc>;
