/** A conversation with QEMU's storage daemon over its monitor socket. */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { StorageFailed } from '../../errors.ts';

const answer = t.Object({
  return: t.Optional(t.Unknown()),
  error: t.Optional(t.Object({ desc: t.String() })),
  event: t.Optional(t.String()),
  data: t.Optional(t.Record(t.String(), t.Unknown())),
  QMP: t.Optional(t.Unknown()),
});

/** How long the daemon may take to answer. */
const ANSWER_TIMEOUT_MS = 30_000;

/** Asks the daemon; `event` resolves with the next event that fulfils a condition. */
export interface Monitor {
  ask(command: string, args?: object): Promise<unknown>;
  event(name: string, is: (data: Readonly<Record<string, unknown>>) => boolean): Promise<void>;
}

/** Opens the conversation, uses it and closes it; fails when nobody listens. */
export async function withMonitor<T>(path: string, use: (monitor: Monitor) => Promise<T>): Promise<T> {
  const socket = await connected(path);
  const conversation = new Conversation(socket);
  try {
    await conversation.greeted;
    await conversation.ask('qmp_capabilities');
    return await use(conversation);
  } finally {
    socket.destroy();
  }
}

/** Whether a daemon listens. */
export const isListening = (path: string): Promise<boolean> =>
  connected(path).then(
    (socket) => {
      socket.destroy();
      return true;
    },
    () => false,
  );

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });

class Conversation implements Monitor {
  readonly greeted: Promise<void>;
  readonly #socket: Socket;
  readonly #waiting: PromiseWithResolvers<unknown>[] = [];
  readonly #listeners = new Set<(event: string, data: Readonly<Record<string, unknown>>) => void>();
  readonly #ended = Promise.withResolvers<never>();

  constructor(socket: Socket) {
    this.#socket = socket;
    const greeted = Promise.withResolvers<void>();
    this.greeted = Promise.race([greeted.promise, this.#ended.promise]);
    this.#ended.promise.catch(() => {});
    const end = () => this.#ended.reject(StorageFailed({ what: 'answer: its server has ended' }));
    socket.on('error', end);
    socket.on('close', end);
    const lines = createInterface({ input: socket });
    // It passes the socket's errors on.
    lines.on('error', end);
    lines.on('line', (line) => {
      const message: unknown = JSON.parse(line);
      if (!Value.Check(answer, message)) return;
      if (message.QMP !== undefined) greeted.resolve();
      else if (message.event !== undefined) for (const listen of this.#listeners) listen(message.event, message.data ?? {});
      else if (message.error) this.#waiting.shift()?.reject(StorageFailed({ what: `do this: ${message.error.desc}` }));
      else this.#waiting.shift()?.resolve(message.return);
    });
  }

  async ask(command: string, args: object = {}): Promise<unknown> {
    const waiting = Promise.withResolvers<unknown>();
    this.#waiting.push(waiting);
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const late = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const onLate = () => waiting.reject(StorageFailed({ what: `answer ${command} in time` }));
    late.addEventListener('abort', onLate);
    try {
      return await Promise.race([waiting.promise, this.#ended.promise]);
    } finally {
      late.removeEventListener('abort', onLate);
    }
  }

  async event(name: string, is: (data: Readonly<Record<string, unknown>>) => boolean): Promise<void> {
    const seen = Promise.withResolvers<void>();
    const listen = (event: string, data: Readonly<Record<string, unknown>>): void => {
      if (event === name && is(data)) seen.resolve();
    };
    this.#listeners.add(listen);
    try {
      await Promise.race([seen.promise, this.#ended.promise]);
    } finally {
      this.#listeners.delete(listen);
    }
  }
}
