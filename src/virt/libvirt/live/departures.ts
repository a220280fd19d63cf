import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Domain, TypedParam } from '@nova-ts/libvirt';
import type { Clock } from '../../../lib/clock/clock.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import type { Log } from '../../../lib/log/log.ts';
import type { MovedGuest } from '../../../objects/guest-spec.ts';
import type { ServerId } from '../../../objects/ids.ts';
import type { Arrival, Departure } from '../../../objects/live-migration.ts';
import { GuestInWrongState, LiveMigrationFailed } from '../../errors.ts';
import type { ReportProgress } from '../../report-progress.ts';
import { disksLayer } from '../disk.ts';
import type { CpuChoice, VirtType } from '../definition/domain-parts.ts';
import { ownDisks } from '../guest-disks.ts';
import type { GuestBuilder } from '../guest-builder.ts';
import type { GuestDirectories, GuestPaths } from '../guest-directory.ts';
import type { GuestDomains } from '../guest-domains.ts';
import { versionNumber } from '../host-capacity.ts';
import { attempt } from '../hypervisor-error.ts';
import type { ImageCache } from '../image-cache.ts';
import { LibvirtLink, type LinkOptions } from '../link.ts';
import { elementAt, readXml } from '../read-xml.ts';
import { render } from '../xml.ts';
import { copiedDisks } from './copied-disks.ts';
import { destinationXml } from './destination-xml.ts';
import { movedTo } from './moved-nodes.ts';
import type { LiveMigrationTuning } from './live-migration-options.ts';
import { MigrationWatch } from './migration-watch.ts';

export interface DeparturesOptions {
  readonly link: LibvirtLink;
  /** For a connection of its own for each migration: it may take hours. */
  readonly linkOptions: LinkOptions;
  readonly domains: GuestDomains;
  readonly directories: GuestDirectories;
  readonly images: ImageCache;
  readonly builder: GuestBuilder;
  readonly virtType: VirtType;
  readonly cpu: CpuChoice;
  readonly tuning: LiveMigrationTuning;
  readonly clock: Clock;
  readonly log: Log;
}

/** No migration takes longer; a day less than the longest timer. */
const LONGEST_MS = 23 * 86_400_000;

/** What the mark of a leaving guest says if it was paused for that. */
const PAUSED = 'paused';

/** How often to look whether a migration that another process began has ended. */
const LOOK_EVERY_MS = 200;

/** Sends running guests to other hosts. libvirtd does it by itself, so a migration goes on without this process. */
export class Departures {
  readonly #options: DeparturesOptions;
  readonly #watches = new Map<ServerId, MigrationWatch>();

  constructor(options: DeparturesOptions) {
    this.#options = options;
  }

  async describe(serverId: ServerId): Promise<Departure> {
    const { link, domains, directories, virtType } = this.#options;
    const domain = await domains.get(serverId);
    const state = await domains.powerState(domain);
    if (state !== 'running' && state !== 'paused') throw GuestInWrongState({ serverId, state, wanted: 'running or paused' });
    const own = await attempt('look at the disks of the server', () => ownDisks(directories.paths(serverId)));
    const disks = await Promise.all(
      own.map(async ({ file, format }) => ({ name: basename(file), format, ...(await disksLayer(file, format)) })),
    );
    const sizes = await attempt('look at the disks of the server', () => Promise.all(own.map(({ file }) => stat(file))));
    return await link.call('describe the server', async (libvirt) => {
      // An emulated processor is the same on every host.
      const xml = virtType === 'kvm' ? await libvirt.xml(domain, ['migratable']) : '';
      const cpu = elementAt(readXml(xml), 'cpu');
      const processor = cpu && render(cpu);
      return {
        disks,
        diskBytes: sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0),
        hypervisorVersion: versionNumber(await libvirt.hypervisorVersion()),
        ...(processor === undefined ? {} : { processor }),
      };
    });
  }

  async send(guest: MovedGuest, arrival: Arrival, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { domains, directories } = this.#options;
    const { serverId } = guest;
    // Another process may have begun, and been killed.
    await this.#untilIdle(serverId, signal);
    await this.#goOnHere(serverId);
    const domain = await domains.find(serverId);
    if (!domain) return;
    const paths = directories.paths(serverId);
    await attempt('note that the server leaves', () => writeFile(paths.leaving, ''));
    try {
      await this.#migrate(domain, guest, arrival, signal, progress);
    } catch (error) {
      await this.#untilIdle(serverId);
      // The last word may have been lost.
      if (!(await domains.find(serverId))) return;
      await this.#goOnHere(serverId);
      signal.throwIfAborted();
      throw LiveMigrationFailed({ because: 'the hypervisor could not move the server.' }, { cause: error });
    }
  }

  async hurry(serverId: ServerId): Promise<void> {
    await this.#watches.get(serverId)?.hurry();
  }

  /** Ends what another process began. */
  async stay(serverId: ServerId, signal: AbortSignal): Promise<boolean> {
    await this.#abort(serverId);
    await this.#untilIdle(serverId, signal);
    await this.#goOnHere(serverId);
    return (await this.#options.domains.find(serverId)) !== undefined;
  }

  /** Looks after guests that were leaving when an earlier process ended: one that has gone has left files. */
  async tidy(paths: GuestPaths, serverId: ServerId): Promise<void> {
    const isLeaving = await stat(paths.leaving).catch(() => undefined);
    if (!isLeaving) return;
    const domain = await this.#options.domains.find(serverId);
    if (!domain) await this.#options.builder.remove(serverId);
    else if (!(await this.#isMoving(domain))) await this.#goOnHere(serverId);
  }

  async #migrate(domain: Domain, guest: MovedGuest, arrival: Arrival, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    const { link, linkOptions, directories, images, virtType, tuning, clock, log } = this.#options;
    const paths = directories.paths(guest.serverId);
    const { directory } = paths;
    const disks = await attempt('look at the disks of the server', () => ownDisks(paths));
    const bytes = await attempt('look at the disks of the server', async () =>
      (await Promise.all(disks.map(({ file }) => stat(file)))).reduce((sum, { blocks }) => sum + blocks * 512, 0),
    );
    const here = { home: directories.home, directory, images: images.directory };
    const { home = '', directory: its = '', images: cache = '' } = arrival;
    const there = { home, directory: its, images: cache };
    const definitionThere = (xml: string): string => movedTo(destinationXml(xml, here, there, guest), guest, arrival['shared']);
    const [running, kept] = await link.call('read the definition of the server', async (libvirt) => [
      await libvirt.xml(domain, ['migratable', 'secure']),
      await libvirt.xml(domain, ['inactive', 'secure']),
    ]);
    const params = [
      text('destination_xml', definitionThere(running)),
      text('persistent_xml', definitionThere(kept)),
      text('migrate_uri', arrival['migrate'] ?? ''),
      ...(arrival['disks'] === undefined ? [] : [text('disks_uri', arrival['disks'])]),
      ...copiedDisks(running).map((dev) => text('migrate_disks', dev)),
      ...(tuning.bandwidthMib > 0 ? [{ field: 'bandwidth', type: 'ullong', value: BigInt(tuning.bandwidthMib) } as const] : []),
    ];
    const own = new LibvirtLink(linkOptions);
    const watch = new MigrationWatch({
      link,
      domain,
      tuning,
      clock,
      log,
      signal,
      progress,
      bytes: bytes + guest.flavor.ramMb * 1024 ** 2,
      isEmulated: virtType === 'qemu',
      notePause: () => attempt('note that the server is paused', () => writeFile(directories.paths(guest.serverId).leaving, PAUSED)),
    });
    this.#watches.set(guest.serverId, watch);
    try {
      await own.open();
      signal.throwIfAborted();
      const flags = flagsOf(tuning, disks.length > 0);
      const moved = own.call('move the server', (libvirt) =>
        libvirt.within(LONGEST_MS).migrate(domain, arrival['connect'] ?? '', params, flags),
      );
      await watch.until(moved);
    } finally {
      this.#watches.delete(guest.serverId);
      await own.close();
    }
  }

  /** Once its migration has ended here, a guest that was paused for it runs again, whichever process paused it. */
  async #goOnHere(serverId: ServerId): Promise<void> {
    const { link, domains, directories } = this.#options;
    const { leaving } = directories.paths(serverId);
    const note = await readFile(leaving, 'utf8').catch(() => undefined);
    const domain = note === undefined ? undefined : await domains.find(serverId);
    if (!domain) return;
    if (note === PAUSED && (await domains.powerState(domain)) === 'paused')
      await link.call('let the server run again', (libvirt) => libvirt.resume(domain));
    await rm(leaving, { force: true });
  }

  async #abort(serverId: ServerId): Promise<void> {
    const { link, domains } = this.#options;
    const domain = await domains.find(serverId);
    if (!domain || !(await this.#isMoving(domain))) return;
    await link
      .call('end the move of the server', (libvirt) => libvirt.abortJob(domain))
      // It may have ended by itself, or have gone too far.
      .catch((error: unknown) => this.#options.log.info({ serverId, error: messageOf(error) }, 'a migration could not be aborted'));
  }

  async #untilIdle(serverId: ServerId, signal?: AbortSignal): Promise<void> {
    const { domains, clock } = this.#options;
    for (;;) {
      const domain = await domains.find(serverId);
      if (!domain || !(await this.#isMoving(domain))) return;
      await clock.sleep(LOOK_EVERY_MS, signal);
    }
  }

  #isMoving(domain: Domain): Promise<boolean> {
    return this.#options.link.call('look at the work on the server', async (libvirt) => {
      const { type } = await libvirt.jobStats(domain);
      return type === 'bounded' || type === 'unbounded';
    });
  }
}

const text = (field: string, value: string): TypedParam => ({ field, type: 'string', value });

const flagsOf = ({ permitsPostCopy, permitsAutoConverge, isEncrypted }: LiveMigrationTuning, hasDisks: boolean) =>
  [
    'live',
    'peer2peer',
    'persist-destination',
    'undefine-source',
    'abort-on-error',
    ...(hasDisks ? (['non-shared-incremental'] as const) : []),
    ...(permitsPostCopy ? (['postcopy'] as const) : []),
    ...(permitsAutoConverge && !permitsPostCopy ? (['auto-converge'] as const) : []),
    ...(isEncrypted ? (['tls'] as const) : []),
  ] as const;
