/**
 * The connections of a builtin backend. Each connected volume has a storage daemon of its own, which outlives this program; each of its
 * attachments is an export under a name that nobody can guess. What should be served is written down before it is.
 */
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import { StorageFailed } from '../../errors.ts';
import type { StorageAccount } from './files.ts';
import { isListening, type Monitor, withMonitor } from './qmp.ts';

const DAEMON = 'qemu-storage-daemon';

const served = t.Object({
  /** Random, part of the socket's path. */
  secret: t.String(),
  exports: t.Record(t.String(), t.Object({ name: t.String(), readOnly: t.Boolean() })),
});
type Served = Static<typeof served>;

export interface ExportsOptions {
  /** Where it is written down what is served. */
  readonly directory: string;
  /** Where the sockets are: short, since the paths of sockets are limited. */
  readonly sockets: string;
  readonly account: StorageAccount | undefined;
  readonly pathOf: (volumeId: string) => string;
  readonly ids: Ids;
  readonly clock: Clock;
}

/** How an export is reached on this machine. */
export interface Reached {
  readonly socket: string;
  readonly name: string;
}

const SECRET_BYTES = 16;
/** How long a daemon may take to start or to end, and how often to look. */
const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 50;

export class VolumeExports {
  readonly #with: ExportsOptions;

  constructor(options: ExportsOptions) {
    this.#with = options;
  }

  async open(): Promise<void> {
    await mkdir(this.#with.directory, { recursive: true, mode: 0o700 });
    await mkdir(this.#with.sockets, { recursive: true });
    // To be passed by whoever knows the name of a socket, not to be listed.
    await chmod(this.#with.sockets, 0o711);
    const { account } = this.#with;
    if (account) await chown(this.#with.sockets, account.uid, account.gid);
  }

  /** Serves a volume under an attachment's own name; repeated, it answers the same. */
  async add(volumeId: string, attachmentId: string, readOnly: boolean): Promise<Reached> {
    const { ids } = this.#with;
    const before = (await this.#read(volumeId)) ?? { secret: ids.hex(SECRET_BYTES), exports: {} };
    const mine = before.exports[attachmentId] ?? { name: ids.hex(SECRET_BYTES), readOnly };
    const wanted = { ...before, exports: { ...before.exports, [attachmentId]: mine } };
    await this.#write(volumeId, wanted);
    await this.#serve(volumeId, wanted);
    return { socket: this.#socket(wanted), name: mine.name };
  }

  /** Ends an export; the last one takes the daemon with it. */
  async remove(volumeId: string, attachmentId: string): Promise<void> {
    const before = await this.#read(volumeId);
    if (!before) return;
    const { [attachmentId]: _gone, ...others } = before.exports;
    if (Object.keys(others).length === 0) return await this.#stop(volumeId, before);
    await this.#write(volumeId, { ...before, exports: others });
    await this.#serve(volumeId, { ...before, exports: others });
  }

  /** Ends everything of a volume. */
  async removeAll(volumeId: string): Promise<void> {
    const before = await this.#read(volumeId);
    if (before) await this.#stop(volumeId, before);
  }

  /** The volumes that are served, each with its attachments. */
  async list(): Promise<ReadonlyMap<string, readonly string[]>> {
    const names = (await readdir(this.#with.directory)).filter((name) => name.endsWith('.json'));
    const found = await Promise.all(
      names.map(async (name): Promise<[string, readonly string[]]> => {
        const volumeId = name.slice(0, -'.json'.length);
        return [volumeId, Object.keys((await this.#read(volumeId))?.exports ?? {})];
      }),
    );
    return new Map(found);
  }

  /** Talks to the daemon of a volume; undefined if it is not served. */
  async using<T>(volumeId: string, use: (monitor: Monitor) => Promise<T>): Promise<T | undefined> {
    const wanted = await this.#read(volumeId);
    if (!wanted) return undefined;
    await this.#serve(volumeId, wanted);
    return await withMonitor(this.#monitor(wanted), use);
  }

  /** Starts the daemon, if it does not run, and gives it the exports that it should have. One that is just ending is replaced. */
  async #serve(volumeId: string, wanted: Served): Promise<void> {
    const monitor = this.#monitor(wanted);
    if (await isListening(monitor)) {
      const isServed = await withMonitor(monitor, (daemon) => offer(daemon, wanted)).then(
        () => true,
        async (error: unknown) => {
          await this.#with.clock.sleep(LOOK_EVERY_MS);
          if (await isListening(monitor)) throw error;
          return false;
        },
      );
      if (isServed) return;
    }
    await this.#start(volumeId, wanted);
    await withMonitor(monitor, (daemon) => offer(daemon, wanted));
  }

  async #start(volumeId: string, wanted: Served): Promise<void> {
    const { account, pathOf, directory } = this.#with;
    const [socket, monitor] = [this.#socket(wanted), this.#monitor(wanted)];
    await rm(socket, { force: true });
    await rm(monitor, { force: true });
    const log = await open(join(directory, `${volumeId}.log`), 'w', 0o600);
    try {
      const child = spawn(DAEMON, argumentsOf({ file: pathOf(volumeId), socket, monitor }), {
        // It must not end with this program: guests go on.
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
        ...(account && { uid: account.uid, gid: account.gid }),
      });
      const failed = Promise.withResolvers<never>();
      failed.promise.catch(() => {});
      child.once('error', (cause) => failed.reject(StorageFailed({ what: 'serve a volume' }, { cause })));
      child.once('exit', (code) => failed.reject(StorageFailed({ what: `serve a volume: its server ended with ${String(code)}` })));
      child.unref();
      const isUp = await Promise.race([this.#becomes(monitor, true), failed.promise]);
      if (!isUp) throw StorageFailed({ what: 'serve a volume: its server does not answer' });
      await chmod(socket, 0o666);
    } finally {
      await log.close();
    }
  }

  /** Waits until a daemon listens, or until it no longer does. @returns whether that happened in time */
  async #becomes(monitor: string, listening: boolean): Promise<boolean> {
    for (let waited = 0; waited < WAIT_MS; waited += LOOK_EVERY_MS) {
      if ((await isListening(monitor)) === listening) return true;
      await this.#with.clock.sleep(LOOK_EVERY_MS);
    }
    return false;
  }

  async #stop(volumeId: string, wanted: Served): Promise<void> {
    const monitor = this.#monitor(wanted);
    if (await isListening(monitor)) {
      // It may end before it has answered.
      await withMonitor(monitor, (daemon) => daemon.ask('quit')).catch(() => {});
      await this.#becomes(monitor, false);
    }
    await Promise.all([monitor, this.#socket(wanted), this.#file(volumeId), join(this.#with.directory, `${volumeId}.log`)].map(gone));
  }

  #socket({ secret }: Served): string {
    return join(this.#with.sockets, secret);
  }

  #monitor({ secret }: Served): string {
    return join(this.#with.sockets, `${secret}-m`);
  }

  #file(volumeId: string): string {
    return join(this.#with.directory, `${volumeId}.json`);
  }

  async #read(volumeId: string): Promise<Served | undefined> {
    const text = await readFile(this.#file(volumeId), 'utf8').catch(() => undefined);
    const found: unknown = text === undefined ? undefined : JSON.parse(text);
    return Value.Check(served, found) ? found : undefined;
  }

  async #write(volumeId: string, wanted: Served): Promise<void> {
    const file = this.#file(volumeId);
    await writeFile(`${file}.new`, JSON.stringify(wanted), { mode: 0o600 });
    await rename(`${file}.new`, file);
  }
}

/** Gives a daemon the exports that it should have, and takes all others from it. */
async function offer(daemon: Monitor, { exports }: Served): Promise<void> {
  const known = exportIds(await daemon.ask('query-block-exports'));
  // QEMU's ids begin with a letter, which those of attachments need not.
  const wanted = Object.entries(exports).map(([attachmentId, { name, readOnly }]) => ({
    id: `attachment-${attachmentId}`,
    name,
    readOnly,
  }));
  for (const id of known) if (!wanted.some((one) => one.id === id)) await daemon.ask('block-export-del', { id, mode: 'hard' });
  for (const { id, name, readOnly } of wanted)
    if (!known.includes(id)) await daemon.ask('block-export-add', { type: 'nbd', id, 'node-name': 'disk', name, writable: !readOnly });
}

const gone = (path: string): Promise<void> => rm(path, { force: true });

const argumentsOf = ({ file, socket, monitor }: { readonly file: string; readonly socket: string; readonly monitor: string }) => [
  `--blockdev=driver=file,node-name=file,filename=${escaped(file)},discard=unmap`,
  '--blockdev=driver=raw,node-name=disk,file=file,discard=unmap',
  `--nbd-server=addr.type=unix,addr.path=${escaped(socket)},max-connections=0`,
  `--chardev=socket,id=monitor,path=${escaped(monitor)},server=on,wait=off`,
  '--monitor=chardev=monitor',
];

/** A comma ends an option's value; two are one. */
const escaped = (path: string): string => path.replaceAll(',', ',,');

const exportList = t.Array(t.Object({ id: t.String() }));
const exportIds = (found: unknown): string[] => (Value.Check(exportList, found) ? found.map(({ id }) => id) : []);
