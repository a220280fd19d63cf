import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { type Domain, is } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { Log } from '../../lib/log/log.ts';
import type { Quiesce } from '../../objects/guest-agent.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { ImageTarget, SnapshotFormat } from '../../objects/server-image.ts';
import type { ReportProgress, SnapshotOptions } from '../driver.ts';
import { GuestAgentFailed, GuestAgentSilent, HypervisorFailed } from '../errors.ts';
import type { ImageSender } from '../image-sender.ts';
import { exists } from './exists.ts';
import type { GuestAgent } from './guest-agent.ts';
import type { GuestDirectories, GuestPaths } from './guest-directory.ts';
import type { GuestDomains } from './guest-domains.ts';
import { attempt } from './hypervisor-error.ts';
import type { LibvirtLink } from './link.ts';
import { runTool } from './private-host/tool.ts';
import { element, render } from './xml.ts';

/** How often a running copy is looked at. */
const LOOK_EVERY_MS = 250;

/** How long an aborted copy may take to end. */
const END_MS = 10_000;

/** How long the copy of a disk may take without the guest. */
const COPY_LIMIT_MS = 6 * 3_600_000;

export interface GuestSnapshotsOptions {
  readonly link: LibvirtLink;
  readonly slowLink: LibvirtLink;
  readonly domains: GuestDomains;
  readonly directories: GuestDirectories;
  readonly agent: GuestAgent;
  readonly send: ImageSender;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Copies disks of guests into images. The copy of a running guest's disk is QEMU's: it has the disk as it was when the copy began, and the
 * guest runs on. The copy lies among the guest's files until it has been sent, so it is gone at the latest with the guest.
 */
export class GuestSnapshots {
  readonly #options: GuestSnapshotsOptions;

  constructor(options: GuestSnapshotsOptions) {
    this.#options = options;
  }

  /** Copies the guest's disk, flattened, and sends it. */
  async take(serverId: ServerId, target: ImageTarget, options: SnapshotOptions): Promise<void> {
    const { signal, progress, onStage } = options;
    const { domains, directories, send } = this.#options;
    const domain = await domains.get(serverId);
    const paths = directories.paths(serverId);
    signal.throwIfAborted();
    await this.#discard(domain, paths);
    try {
      onStage?.('copying');
      const file = await this.#copy(domain, paths, target.diskFormat, options);
      onStage?.('uploading');
      const { size: sizeBytes } = await stat(file);
      await send(target, { sizeBytes, open: () => createReadStream(file) }, signal, progress);
    } finally {
      await this.#discard(domain, paths);
    }
  }

  /** Ends the copies that an earlier process left running, and removes their files. */
  async removeLeftovers(): Promise<void> {
    const { domains, directories } = this.#options;
    for (const paths of await directories.list()) {
      if (!(await exists(paths.snapshot)) && !(await exists(paths.converted))) continue;
      await this.#discard(await domains.find(paths.serverId), paths);
    }
  }

  /** @returns the file with the copy */
  async #copy(domain: Domain, paths: GuestPaths, format: SnapshotFormat, options: SnapshotOptions): Promise<string> {
    const { signal } = options;
    if (!(await this.#copyRunning(domain, paths.snapshot, options))) {
      await convert(paths.disk, paths.snapshot, format, signal);
      return paths.snapshot;
    }
    if (format === 'qcow2') return paths.snapshot;
    await convert(paths.snapshot, paths.converted, format, signal);
    return paths.converted;
  }

  /** Copies the disk of a running guest to a qcow2 file. Answers false if the guest does not run, or stops meanwhile. */
  async #copyRunning(domain: Domain, file: string, { signal, progress, quiesce }: SnapshotOptions): Promise<boolean> {
    const { link } = this.#options;
    const isActive = () => link.call('ask for the state of the server', (libvirt) => libvirt.isActive(domain));
    if (!(await isActive())) return false;
    try {
      await this.#begin(domain, file, { signal, quiesce });
      await this.#untilCopied(domain, signal, progress);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (await isActive()) throw error;
      await rm(file, { force: true });
      return false;
    }
  }

  /** Begins the copy. The guest is frozen only for that: the copy has the disk as it is then. */
  async #begin(domain: Domain, file: string, { signal, quiesce }: { signal: AbortSignal; quiesce: Quiesce | undefined }): Promise<void> {
    const { slowLink, agent, domains, log } = this.#options;
    const begin = () =>
      slowLink.call('begin to copy the disk of the server', (libvirt) => libvirt.backupBegin(domain, backupXml(file), undefined));
    // A paused guest writes nothing, and its agent answers nothing.
    if (quiesce === undefined || (await domains.powerState(domain)) !== 'running') return void (await begin());
    try {
      await agent.whileFrozen(domain, { signal, waits: quiesce === 'required' }, begin);
    } catch (error) {
      const isOfAgent = GuestAgentSilent.is(error) || GuestAgentFailed.is(error);
      if (quiesce === 'required' || !isOfAgent) throw error;
      log.info({ serverId: domain.uuid, error: messageOf(error) }, 'the disk of a guest is copied although it cannot be quiesced');
      await begin();
    }
  }

  async #untilCopied(domain: Domain, signal: AbortSignal, progress?: ReportProgress): Promise<void> {
    for (;;) {
      const { type, stats } = await this.#job(domain);
      if (type === 'none') break;
      const { disk_processed: done, disk_total: total } = stats;
      if (typeof done === 'bigint' && typeof total === 'bigint' && total > 0n)
        progress?.(Number((100n * done) / total), 'copying the disk');
      await this.#options.clock.sleep(LOOK_EVERY_MS, signal);
    }
    const what = 'copy the disk of the server';
    const { type } = await this.#options.link.call(what, (libvirt) => libvirt.jobStats(domain, ['completed']));
    if (type !== 'completed') throw HypervisorFailed({ what });
  }

  /** Ends the copy, if it runs, and removes its files. */
  async #discard(domain: Domain | undefined, paths: GuestPaths): Promise<void> {
    if (domain) await this.#endJob(domain);
    await attempt('remove the copy of the disk of the server', async () => {
      for (const file of [paths.snapshot, paths.converted]) await rm(file, { force: true });
    });
  }

  async #endJob(domain: Domain): Promise<void> {
    const { link, clock } = this.#options;
    const limit = clock.monotonicMs() + END_MS;
    const isIdle = async () => (await this.#job(domain)).type === 'none';
    if (await isIdle()) return;
    await link.call('end the copy of the disk of the server', (libvirt) => libvirt.abortJob(domain).catch(unlessOver));
    while (!(await isIdle()) && clock.monotonicMs() < limit) await clock.sleep(LOOK_EVERY_MS);
  }

  /** The guest's running job; none if it does not run. */
  #job(domain: Domain) {
    const none = { type: 'none' as const, stats: {} };
    return this.#options.link.call('look after the copy of the disk of the server', async (libvirt) => {
      return await libvirt.jobStats(domain).catch((error: unknown) => {
        unlessOver(error);
        return none;
      });
    });
  }
}

/** Takes the error as the end of a job: it is over, or its guest is. */
const unlessOver = (error: unknown): undefined => {
  if (!is(error, 'operation-invalid', 'no-domain')) throw error;
};

/** Only the root disk becomes an image. */
const backupXml = (file: string): string =>
  render(
    element(
      'domainbackup',
      { mode: 'push' },
      element(
        'disks',
        {},
        element('disk', { name: 'vda', backup: 'yes', type: 'file' }, element('driver', { type: 'qcow2' }), element('target', { file })),
      ),
    ),
  );

/** Copies a disk with all layers below it. */
const convert = (from: string, to: string, format: SnapshotFormat, signal: AbortSignal): Promise<unknown> =>
  attempt('copy the disk of the server', () =>
    runTool('qemu-img', ['convert', '-q', '-f', 'qcow2', '-O', format, from, to], { timeoutMs: COPY_LIMIT_MS, signal }),
  );
