/** Records what a viewer of a serial console sees, as an asciicast (version 2): a line that describes it, and one for each output. */
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Ids } from '../../lib/clock/ids.ts';
import { serviceContext } from '../../lib/context/context.ts';
import type { OpenedConsole } from '../../objects/console.ts';
import { type ConsoleRpcApi, MAX_RECORDED_LENGTH } from '../rpcapi.ts';

/** How long output waits until it is kept: so much is lost when the proxy is killed. */
const FLUSH_EVERY_MS = 2_000;
/** What waits at most while nobody keeps it, in characters; what comes then is left out. */
const MAX_WAITING_LENGTH = MAX_RECORDED_LENGTH / 2;
/** The terminal of the page. */
const TERMINAL = { width: 80, height: 24 } as const;

/** What a viewer reads first. */
export const RECORDED_NOTICE = '\r\n[What this console shows is recorded.]\r\n';

interface Recording {
  readonly consoles: Pick<ConsoleRpcApi, 'recordConsole'>;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Begins a recording; `take` gets the output of the guest, `end` keeps the rest. */
export function recorder(
  { consoles, clock, ids }: Recording,
  { serverName, recording }: Pick<OpenedConsole, 'serverName'> & { readonly recording: NonNullable<OpenedConsole['recording']> },
): { take(chunk: Buffer): void; end(): Promise<void> } {
  const beganMs = clock.monotonicMs();
  const over = new AbortController();
  const decoder = new StringDecoder('utf8');
  let waiting = line({ version: 2, ...TERMINAL, timestamp: Math.floor(clock.now().getTime() / 1_000), title: serverName });
  let keptBytes = 0;
  let isFull = false;

  const flush = async (): Promise<void> => {
    if (waiting === '' || isFull) return;
    const lines = waiting;
    const kept = await consoles
      .recordConsole(serviceContext(`req-${ids.uuid()}`), { recording: recording.id, at: keptBytes, lines })
      .catch((): undefined => undefined);
    isFull = kept === false;
    if (isFull) over.abort();
    // Without an answer it is sent again.
    if (kept === undefined) return;
    waiting = waiting.slice(lines.length);
    keptBytes += Buffer.byteLength(lines);
  };
  const flushing = (async () => {
    while (!over.signal.aborted) {
      await clock.sleep(FLUSH_EVERY_MS, over.signal).catch(() => {});
      await flush();
    }
  })();

  return {
    take: (chunk) => {
      const output = line([(clock.monotonicMs() - beganMs) / 1_000, 'o', decoder.write(chunk)]);
      if (!isFull && waiting.length + output.length <= MAX_WAITING_LENGTH) waiting += output;
    },
    end: async () => {
      over.abort();
      await flushing;
      await flush();
    },
  };
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;
