import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { buildTinyGuest, tinyGuestCommandLine } from '../../../guest/tiny-guest.ts';
import type { ImageApi } from '../../image/api.ts';
import type { Context } from '../../lib/context/context.ts';
import { messageOf } from '../../lib/errors/error-type.ts';
import type { HostKind } from '../cloud/hosts.ts';
import { inState, type Runtime } from '../cloud/runtime.ts';

const NAME = 'tiny';

/** Uploads the image `tiny` to a new cloud: the guest that the repository builds or, for simulated hosts, a small empty disk. */
export async function bootstrapImages(runtime: Runtime, images: ImageApi, ctx: Context, { kind }: HostKind): Promise<void> {
  if ((await activeId(images, ctx, NAME)) !== undefined) return;
  if (kind === 'fake') return await uploadSimulated(images, ctx);
  try {
    await uploadTinyGuest(runtime, images, ctx);
  } catch (error) {
    runtime.life.signal.throwIfAborted();
    // The cloud works without it: users can boot their own images.
    runtime.log.error({ because: messageOf(error) }, 'there is no image "tiny": the guest could not be built');
  }
}

const SIMULATED_BYTES = 64 * 1024;

async function uploadSimulated(images: ImageApi, ctx: Context): Promise<void> {
  await upload(
    images,
    ctx,
    { name: NAME, diskFormat: 'raw', visibility: 'public', properties: {} },
    Readable.from([Buffer.alloc(SIMULATED_BYTES)]),
  );
}

async function uploadTinyGuest(runtime: Runtime, images: ImageApi, ctx: Context): Promise<void> {
  const { log, life } = runtime;
  const files = await buildTinyGuest({ fallbackDir: inState(runtime, 'tiny-guest'), log, signal: life.signal });
  // Kernel and ramdisk cannot boot alone: clients find them by id, and only a list of community images shows them.
  const parts = { visibility: 'community', properties: {} } as const;
  const kernel = await upload(images, ctx, { ...parts, name: `${NAME}-kernel`, diskFormat: 'aki' }, createReadStream(files.kernel));
  const ramdisk = await upload(images, ctx, { ...parts, name: `${NAME}-ramdisk`, diskFormat: 'ari' }, createReadStream(files.ramdisk));
  const properties = {
    kernel_id: kernel,
    ramdisk_id: ramdisk,
    os_command_line: `root=/dev/vda ${tinyGuestCommandLine}`,
    hw_qemu_guest_agent: 'yes',
  };
  await upload(images, ctx, { name: NAME, diskFormat: 'qcow2', visibility: 'public', properties }, createReadStream(files.disk));
}

interface Upload {
  readonly name: string;
  readonly diskFormat: 'raw' | 'qcow2' | 'aki' | 'ari';
  readonly visibility: 'public' | 'community';
  readonly properties: Readonly<Record<string, string>>;
}

/** Uploads an image unless an earlier start has done so. Unfinished uploads of an interrupted start are deleted. */
async function upload(images: ImageApi, ctx: Context, image: Upload, data: AsyncIterable<Uint8Array>): Promise<string> {
  const known = await activeId(images, ctx, image.name);
  if (known !== undefined) return known;
  const { diskFormat } = image;
  const containerFormat = diskFormat === 'aki' || diskFormat === 'ari' ? diskFormat : 'bare';
  const { id } = await images.create(ctx, { ...image, containerFormat });
  await images.upload(ctx, id, data);
  return id;
}

/** The active image of this name, if there is one; unfinished ones are deleted. */
async function activeId(images: ImageApi, ctx: Context, name: string): Promise<string | undefined> {
  const found = await images.list(ctx, { values: { name: [name] }, visibility: 'all', sort: [], limit: MAX_LEFTOVERS });
  const own = found.filter(({ owner }) => owner === ctx.projectId);
  const active = own.find(({ status }) => status === 'active');
  for (const { id } of own.filter(({ status }) => status !== 'active')) await images.delete(ctx, id);
  return active?.id;
}

const MAX_LEFTOVERS = 100;
