import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import { type Clock, systemClock } from './clock.ts';
import { type Libvirt, libvirtOver } from './libvirt.ts';
import { LibvirtError } from './libvirt-error.ts';
import { defaultTimes } from './limits.ts';
import { handshake } from './protocol/handshake.ts';
import { Connection } from './wire/connection.ts';
import { invoke } from './wire/invoke.ts';
import { type Keepalive, keepAlive } from './wire/keepalive.ts';

/** Where the daemon listens, which hypervisor to open, and the timeouts. */
export interface ConnectOptions {
  /** The path of the daemon's unix socket; by default that of the system's libvirtd. */
  readonly socket?: string;
  /** The hypervisor, such as `qemu:///system` (the default) or `test:///default`. */
  readonly uri?: string;
  readonly readOnly?: boolean;
  readonly clock?: Clock;
  /** Time limit of a call, milliseconds. */
  readonly callMs?: number;
  /** Time limit of a call that may move gigabytes, milliseconds. */
  readonly slowCallMs?: number;
  /** Time limit of each step of connecting, milliseconds. */
  readonly openMs?: number;
  /** When a silent daemon counts as lost: by default after six unanswered pings, five seconds apart. `false` sends no pings. */
  readonly keepalive?: Keepalive | false;
}

const defaultSocket = '/run/libvirt/libvirt-sock';
const defaultKeepalive: Keepalive = { intervalMs: 5000, misses: 5 };

/** Connects to a daemon and opens a hypervisor there; on failure throws a LibvirtError and closes everything. */
export const connect = async (options: ConnectOptions = {}): Promise<Libvirt> => {
  const { socket = defaultSocket, uri = 'qemu:///system', clock = systemClock, openMs = defaultTimes.openMs } = options;
  const connection = new Connection(await reach(socket), clock);
  try {
    await authenticate(connection, openMs);
    await invoke(connection, handshake.open, [uri, options.readOnly ?? false], { name: `opening ${uri}`, timeoutMs: openMs });
  } catch (error) {
    connection.end(new LibvirtError('connection-closed', 'The connection could not be opened.'));
    throw error;
  }
  if (options.keepalive !== false) void keepAlive(connection, clock, options.keepalive ?? defaultKeepalive);
  const { callMs = defaultTimes.callMs, slowCallMs = defaultTimes.slowCallMs } = options;
  return libvirtOver(connection, { callMs, slowCallMs });
};

const reach = async (path: string): Promise<Socket> => {
  const socket = connectSocket(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (cause) {
    socket.destroy();
    throw new LibvirtError('connect-failed', `No libvirt daemon could be reached at ${path}.`, { cause });
  }
};

const authenticate = async (connection: Connection, timeoutMs: number): Promise<void> => {
  const types = await invoke(connection, handshake.authList, [], { name: 'asking for authentication', timeoutMs });
  if (types.length === 0 || types.includes('none')) return;
  if (types.includes('polkit')) {
    await invoke(connection, handshake.authPolkit, [], { name: 'polkit authentication', timeoutMs });
    return;
  }
  throw new LibvirtError(
    'unsupported-authentication',
    `The libvirt daemon wants authentication by ${types.join(' or ')}; this client knows none and polkit. Set auth_unix_rw in libvirtd.conf.`,
  );
};
