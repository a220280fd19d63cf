import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { basename, dirname } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Domain } from '@nova-ts/libvirt';
import type { ConsoleKind } from '../../objects/console.ts';
import type { ServerId } from '../../objects/ids.ts';
import type { GuestConsole } from '../driver.ts';
import { GuestInWrongState, HypervisorUnavailable, NoSuchConsole } from '../errors.ts';
import type { GuestDomains } from './guest-domains.ts';
import type { LibvirtLink } from './link.ts';
import { attributeOf, childrenOf, elementAt, readXml } from './read-xml.ts';
import { SharedStream } from './shared-stream.ts';

interface Parts {
  readonly link: LibvirtLink;
  readonly domains: GuestDomains;
  /** The path of a file of the hypervisor as this process sees it. */
  readonly seenFromHere: (path: string) => string;
}

/** Finds the consoles of guests: screens at sockets that only this host can reach, the serial port through libvirtd. */
export class GuestConsoles {
  readonly #parts: Parts;
  /** libvirtd gives a serial port to one client at a time; its viewers share that. */
  readonly #serial = new Map<ServerId, SharedStream>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async find(serverId: ServerId, kind: ConsoleKind): Promise<GuestConsole> {
    const { link, domains } = this.#parts;
    const domain = await domains.get(serverId);
    const state = await domains.powerState(domain);
    if (state !== 'running' && state !== 'paused') throw GuestInWrongState({ serverId, state, wanted: 'running' });
    if (kind === 'serial') return { open: () => this.#openSerial(serverId, domain) };
    const definition = await link.call('look for a console of the server', (libvirt) => libvirt.xml(domain, []));
    const socket = socketOf(definition, kind);
    if (socket === undefined) throw NoSuchConsole({ serverId, kind });
    return { open: () => openSocket(this.#parts.seenFromHere(socket)) };
  }

  /** Ends all. */
  close(): void {
    for (const stream of this.#serial.values()) stream.end();
  }

  async #openSerial(serverId: ServerId, domain: Domain): Promise<Duplex> {
    const known = this.#serial.get(serverId);
    if (known && !known.isOver) return await known.join();
    const shared = new SharedStream(() =>
      // A client that has lost its connection may still hold the port.
      this.#parts.link.call('open the serial console of the server', (libvirt) => libvirt.openConsole(domain, undefined, ['force'])),
    );
    this.#serial.set(serverId, shared);
    void shared.ended.then(() => {
      if (this.#serial.get(serverId) === shared) this.#serial.delete(serverId);
    });
    return await shared.join();
  }
}

/** Where the running guest's hypervisor listens for viewers of a kind: libvirt says it of VNC beside the screen, of SPICE below it. */
function socketOf(definition: string, kind: 'vnc' | 'spice'): string | undefined {
  const screens = childrenOf(elementAt(readXml(definition), 'devices'), 'graphics');
  const screen = screens.find((one) => attributeOf(one, 'type') === kind);
  return attributeOf(screen, 'socket') ?? attributeOf(childrenOf(screen, 'listen')[0], 'socket');
}

/** By way of its directory: the path of a socket has at most 107 bytes. */
async function openSocket(path: string): Promise<Duplex> {
  const directory = await open(dirname(path)).catch((cause: unknown) => {
    throw HypervisorUnavailable({ because: 'its sockets cannot be reached from here.' }, { cause });
  });
  try {
    const socket = connect(`/proc/self/fd/${directory.fd}/${basename(path)}`);
    return await new Promise((resolve, reject) => {
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });
  } finally {
    await directory.close();
  }
}
