/** Takes a device out of a running guest, which has to let go of it itself. */
import type { Domain } from '@nova-ts/libvirt';
import type { Clock } from '../../lib/clock/clock.ts';
import type { Unplugging } from '../driver.ts';
import { DeviceNotReleased } from '../errors.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, elementAt, readXml } from './read-xml.ts';

/** A device to take out: its name in errors, and how to find its element in the XML of the guest. */
export interface HotDevice {
  readonly name: string;
  readonly in: (xml: string) => string | undefined;
}

/**
 * Asks the guest to release the device until it has, as often as `attempts` says; a no-op for a device that it does not have. A guest that
 * is still booting ignores the first requests.
 */
export async function hotUnplug(
  { link, clock }: { readonly link: LibvirtLink; readonly clock: Clock },
  domain: Domain,
  device: HotDevice,
  { attempts, timeoutMs, signal }: Unplugging,
): Promise<void> {
  const element = () => link.call('look at the devices of the server', async (libvirt) => device.in(await libvirt.xml(domain)));
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const present = await element();
    if (present === undefined) return;
    signal?.throwIfAborted();
    await askOnce({ link, clock }, domain, { element: present, timeoutMs, signal });
  }
  if ((await element()) !== undefined) throw DeviceNotReleased({ serverId: domain.uuid, device: device.name, attempts });
}

interface Asking {
  readonly element: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Asks once, and waits until the guest has released a device or the time is over. */
async function askOnce(
  { link, clock }: { readonly link: LibvirtLink; readonly clock: Clock },
  domain: Domain,
  { element, timeoutMs, signal }: Asking,
): Promise<void> {
  const enough = new AbortController();
  const released = Promise.withResolvers<void>();
  const alias = attributeOf(elementAt(readXml(element), 'alias'), 'name');
  // Subscribed first: the event may come before the reply to the call.
  const events = await link.call('follow the devices of the server', (libvirt) =>
    libvirt.on('device-removed', ({ device }) => device === alias && released.resolve(), domain),
  );
  try {
    await link.call('take a device out of the server', (libvirt) => libvirt.detachDevice(domain, element, ['live']));
    const limit = signal ? AbortSignal.any([enough.signal, signal]) : enough.signal;
    await Promise.race([released.promise, clock.sleep(timeoutMs, limit)]);
  } finally {
    enough.abort();
    await events.stop();
  }
}
