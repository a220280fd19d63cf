import type { Clock } from '../clock.ts';
import { LibvirtError } from '../libvirt-error.ts';
import type { Connection } from './connection.ts';

/** How long a daemon may be silent. */
export interface Keepalive {
  readonly intervalMs: number;
  /** Pings without any packet from the daemon after which the connection counts as lost. */
  readonly misses: number;
}

// A daemon stops reading from a client with this many outstanding calls (max_client_requests of libvirtd.conf), so it cannot answer pings.
const daemonRequestLimit = 5;

/** Pings the daemon until the connection ends; closes it when the daemon stays silent. */
export const keepAlive = async (connection: Connection, clock: Clock, { intervalMs, misses }: Keepalive): Promise<void> => {
  const over = new AbortController();
  void connection.ended.then(() => over.abort());
  let heard = connection.packetsHeard;
  let missed = 0;
  while (await slept(clock, intervalMs, over.signal)) {
    const isSilent = connection.packetsHeard === heard && connection.outstandingCalls < daemonRequestLimit;
    missed = isSilent ? missed + 1 : 0;
    heard = connection.packetsHeard;
    if (missed > misses) connection.end(silent(missed * intervalMs));
    else connection.ping();
  }
};

const slept = (clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> =>
  clock.sleep(ms, signal).then(
    () => true,
    () => false,
  );

const silent = (ms: number): LibvirtError =>
  new LibvirtError('connection-lost', `The libvirt daemon sent no keepalive answer for ${ms} ms.`);
