/**
 * The connections of a builtin backend. Each connected volume has a storage daemon of its own, which outlives this program; each of its
 * attachments is an export under a name that nobody can guess. What should be served is written down before it is.
 */
import { spawn } from 'node:child_process';
import { chmod, chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { Clock } from '../../../lib/clock/clock.ts';
import type { Ids } from '../../../lib/clock/ids.ts';
import { StorageFailed } from '../../errors.ts';
import type { StorageAccount } from './files.ts';
import { ensureNode, nodeOf, nodeSizes } from './nodes.ts';
import { isListening, type Monitor, withMonitor } from './qmp.ts';

const DAEMON = 'qemu-storage-daemon';

/** An offer of a volume; `bytes` is its size, if it has grown since its daemon began. */
const offered = t.Object({ name: t.String(), bytes: t.Optional(t.Number()) });

const served = t.Object({
  /** Random, part of the socket's path. */
  secret: t.String(),
  exports: t.Record(
    t.String(),
    // A guest may still use an older, smaller offer.
    t.Composite([offered, t.Object({ readOnly: t.Boolean(), older: t.Optional(t.Array(offered)) })]),
  ),
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
    const mine = before.exports[attachmentId] ?? { name: ids.hex(SECRET_BYTES), readOnly, ...(await this.#grown(volumeId, before)) };
    const wanted = { ...before, exports: { ...before.exports, [attachmentId]: mine } };
    await this.#write(volumeId, wanted);
    await this.#serve(volumeId, wanted);
    return { socket: this.#socket(wanted), name: mine.name };
  }

  /** The same, but a volume that has grown is offered anew: in its present size beside the older one, which a guest may be using. */
  async renew(volumeId: string, attachmentId: string, readOnly: boolean): Promise<Reached> {
    const first = await this.add(volumeId, attachmentId, readOnly);
    const before = await this.#read(volumeId);
    const mine = before?.exports[attachmentId];
    const grown = before && mine ? await this.#grown(volumeId, before, mine.bytes) : {};
    if (!before || !mine || grown.bytes === undefined) return first;
    const { name, bytes, readOnly: isReadOnly, older = [] } = mine;
    const former = { name, ...(bytes !== undefined && { bytes }) };
    const now = { name: this.#with.ids.hex(SECRET_BYTES), ...grown, readOnly: isReadOnly, older: [...older, former] };
    const wanted = { ...before, exports: { ...before.exports, [attachmentId]: now } };
    await this.#write(volumeId, wanted);
    await this.#serve(volumeId, wanted);
    return { socket: first.socket, name: now.name };
  }

  /** Ends the older offers to an attachment: nobody uses them any more. */
  async settle(volumeId: string, attachmentId: string): Promise<void> {
    const before = await this.#read(volumeId);
    const mine = before?.exports[attachmentId];
    if (!before || !mine?.older) return;
    const { older: _, ...now } = mine;
    const wanted = { ...before, exports: { ...before.exports, [attachmentId]: now } };
    await this.#write(volumeId, wanted);
    await this.#serve(volumeId, wanted);
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

  /** Talks to the daemon of a volume about the node by which it is served; undefined if it is not served. */
  async using<T>(volumeId: string, use: (monitor: Monitor, node: string) => Promise<T>): Promise<T | undefined> {
    const wanted = await this.#read(volumeId);
    if (!wanted) return undefined;
    await this.#serve(volumeId, wanted);
    const sizes = Object.values(wanted.exports).flatMap(({ bytes }) => bytes ?? []);
    const node = nodeOf(sizes.length === 0 ? undefined : Math.max(...sizes));
    return await withMonitor(this.#monitor(wanted), (monitor) => use(monitor, node));
  }

  /** The size of the volume, if the node of this size that a daemon has is smaller. */
  async #grown(volumeId: string, wanted: Served, bytes?: number): Promise<{ readonly bytes?: number }> {
    if (Object.keys(wanted.exports).length === 0) return {};
    await this.#serve(volumeId, wanted);
    const { size } = await stat(this.#with.pathOf(volumeId));
    const known = await withMonitor(this.#monitor(wanted), nodeSizes);
    return (known.get(nodeOf(bytes)) ?? size) < size ? { bytes: size } : {};
  }

  /** Starts the daemon, if it does not run, and gives it the exports that it should have. One that is just ending is replaced. */
  async #serve(volumeId: string, wanted: Served): Promise<void> {
    const monitor = this.#monitor(wanted);
    const file = this.#with.pathOf(volumeId);
    if (await isListening(monitor)) {
      const isServed = await withMonitor(monitor, (daemon) => offer(daemon, wanted, file)).then(
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
    await withMonitor(monitor, (daemon) => offer(daemon, wanted, file));
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
async function offer(daemon: Monitor, { exports }: Served, file: string): Promise<void> {
  const known = exportIds(await daemon.ask('query-block-exports'));
  const wanted = Object.entries(exports).flatMap(([attachmentId, { name, bytes, readOnly, older = [] }]) =>
    [...older, { name, bytes }].map((one) => ({ ...one, readOnly, id: exportId(attachmentId, one.bytes) })),
  );
  for (const id of known) if (!wanted.some((one) => one.id === id)) await daemon.ask('block-export-del', { id, mode: 'hard' });
  for (const { id, name, bytes, readOnly } of wanted) {
    if (known.includes(id)) continue;
    await ensureNode(daemon, file, bytes);
    await daemon.ask('block-export-add', { type: 'nbd', id, 'node-name': nodeOf(bytes), name, writable: !readOnly });
  }
}

/** QEMU's ids begin with a letter, which those of attachments need not. */
const exportId = (attachmentId: string, bytes: number | undefined): string =>
  bytes === undefined ? `attachment-${attachmentId}` : `attachment-${attachmentId}-${bytes}`;

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
