/** The session of one viewer: checks its token, connects it with the guest's host, and keeps the token good while it lasts. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { ConsoleRefusal, ConsoleType, OpenedConsole } from '../../objects/console.ts';
import type { ConsoleRpcApi } from '../rpcapi.ts';
import { bridge, endSession } from './bridge.ts';
import { type Ending, endings } from './endings.ts';
import { enterDoor } from './enter-door.ts';
import { keepFromTyping } from './look-only.ts';
import { isForeign } from './origin.ts';
import { keepToken } from './keep-token.ts';
import { RECORDED_NOTICE, recorder } from './recorder.ts';
import { ticketOf } from './ticket-of.ts';

export interface SessionOptions {
  /** The consoles that the proxy shows; tokens of others are refused like unknown ones. */
  readonly type: ConsoleType;
  readonly consoles: ConsoleRpcApi;
  /** Names of hosts whose pages may show consoles, beside its own. */
  readonly allowedOrigins: readonly string[];
  readonly idleMs: number;
  /** Whether a session ends when its token expires. */
  readonly endsWithToken: boolean;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

/** Why a token opened nothing, as its viewer is told. */
const refusals: Readonly<Record<ConsoleRefusal | 'unknown', Ending>> = {
  unknown: endings.badToken,
  used: endings.usedToken,
  away: endings.unavailable,
};

/** Shows a console to a viewer until the session ends. */
export async function showConsole(options: SessionOptions, viewer: WebSocket, request: IncomingMessage): Promise<void> {
  const { type, consoles, ids, log, allowedOrigins } = options;
  const refuse = (ending: Ending): void => endSession(viewer, ending);
  try {
    const ticket = ticketOf(request.url ?? '/', request.headers.cookie);
    if (!ticket) return refuse(endings.badToken);
    const ctx = serviceContext(`req-${ids.uuid()}`);
    const console = (await consoles.openConsole(ctx, { ...ticket, keepsFromTyping: true })) ?? 'unknown';
    if (typeof console === 'string') return refuse(refusals[console]);
    if (console.type !== type) return refuse(endings.badToken);
    if (isForeign(request, allowedOrigins, console.baseUrl)) return refuse(endings.foreignPage);
    const guest = await enterDoor(console.door);
    if (viewer.readyState !== viewer.OPEN) return void guest.destroy();
    await run(options, { viewer, guest, console, ticket });
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'a console could not be opened');
    refuse(endings.unavailable);
  }
}

interface Session {
  readonly viewer: WebSocket;
  readonly guest: Duplex;
  readonly console: OpenedConsole;
  readonly ticket: { readonly token: string; readonly secret?: string };
}

async function run(options: SessionOptions, { viewer, guest, console, ticket }: Session): Promise<void> {
  const { clock, idleMs, endsWithToken, log } = options;
  const { serverId, type } = console;
  const expiresAt = new Date(console.expiresAt);
  const leftMs = endsWithToken ? expiresAt.getTime() - clock.now().getTime() : undefined;
  log.info({ serverId, type }, 'a console is shown');
  const recording = console.recording && recorder(options, { ...console, recording: console.recording });
  if (recording) {
    viewer.send(Buffer.from(RECORDED_NOTICE));
    guest.on('data', recording.take);
  }
  const take = console.isViewOnly === true ? keepFromTyping(type) : undefined;
  const ended = bridge(viewer, guest, { clock, idleMs, leftMs, ...(take && { take }) });
  const over = new AbortController();
  if (!endsWithToken && ticket.secret !== undefined) void keepToken(options, { ...ticket, secret: ticket.secret, expiresAt }, over.signal);
  viewer.resume();
  await ended;
  over.abort();
  await recording?.end();
  log.info({ serverId, type }, 'a console is not shown any more');
}
