import { EventRouter, type EventFeed, type Subscription } from './event-router.ts';
import { LibvirtError } from './libvirt-error.ts';
import { defaultTimes } from './limits.ts';
import type { Domain } from './protocol/domain.ts';
import type { EventName, EventOf } from './protocol/events.ts';
import { handshake } from './protocol/handshake.ts';
import type { Arguments, Methods, Procedure } from './protocol/procedure.ts';
import { procedures } from './protocol/procedures.ts';
import type { Connection } from './wire/connection.ts';
import { invoke, invokeStream } from './wire/invoke.ts';

/** What a connection can do besides calling procedures. */
export interface Session {
  /** Whether calls can still succeed. */
  readonly isOpen: boolean;
  /** Fulfilled with the reason once the connection has ended: `connection-lost`, or `connection-closed` after `close`. */
  readonly ended: Promise<LibvirtError>;
  /** The same connection with another timeout for its calls. */
  within(timeoutMs: number): Libvirt;
  /** Calls the listener with each event of that name, of one guest or of all. */
  on<N extends EventName>(name: N, listener: (event: EventOf<N>) => void, domain?: Domain): Promise<Subscription>;
  /** The events of that name as an async iterable. */
  events<N extends EventName>(name: N, domain?: Domain): Promise<EventFeed<EventOf<N>>>;
  /** Tells the daemon that the client closes, and fails everything that waits. Calling it again is a no-op. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A connection to a hypervisor: a method for each procedure of the table, events, and its closing. */
export type Libvirt = Methods<typeof procedures> & Session;

/** Time limits of calls, milliseconds. */
export interface CallTimes {
  readonly callMs: number;
  readonly slowCallMs: number;
}

/** The connection as its users see it. */
export const libvirtOver = (connection: Connection, times: CallTimes): Libvirt => {
  const router = new EventRouter(connection, times.callMs);
  const view = (limits: CallTimes): Libvirt => {
    const session: Session = {
      get isOpen() {
        return connection.isOpen;
      },
      ended: connection.ended,
      within: (timeoutMs) => view({ callMs: timeoutMs, slowCallMs: timeoutMs }),
      on: (name, listener, domain) => router.on(name, listener, domain),
      events: (name, domain) => router.feed(name, domain),
      close: () => close(connection),
      [Symbol.asyncDispose]: () => close(connection),
    };
    // The session is the target, so that `isOpen` stays a getter.
    return Object.assign(session, methods(connection, limits));
  };
  return view(times);
};

const methods = (connection: Connection, times: CallTimes): Methods<typeof procedures> => {
  const entries = Object.entries(procedures).map(([name, procedure]: [string, Procedure]) => {
    const manner = { name, timeoutMs: procedure.slow ? times.slowCallMs : times.callMs };
    const method = (...args: Arguments<typeof procedure.args>): Promise<unknown> =>
      isStream(procedure)
        ? invokeStream(connection, procedure, args, manner)
        : invoke(connection, procedure as CallProcedure, args, manner);
    return [name, method] as const;
  });
  // Built entry by entry from the table that the type derives from.
  return Object.fromEntries(entries) as unknown as Methods<typeof procedures>;
};

type CallProcedure = Procedure<Procedure['args'], unknown, 'call'>;

const isStream = (procedure: Procedure): procedure is Procedure<Procedure['args'], unknown, 'stream'> => procedure.kind === 'stream';

const close = async (connection: Connection): Promise<void> => {
  if (!connection.isOpen) return;
  // If the daemon is too busy to answer, close the socket anyway.
  await invoke(connection, handshake.close, [], { name: 'close', timeoutMs: defaultTimes.closeMs }).catch(() => undefined);
  connection.end(new LibvirtError('connection-closed', 'The connection to the libvirt daemon was closed.'));
};
