import { connect, type TLSSocket } from 'node:tls';
import { TLS } from '../../lib/handover/file-offer.ts';
import type { ConsoleDoor } from '../../objects/console.ts';

/** How long a host may take to let a proxy in. */
const ENTER_WITHIN_MS = 10_000;

/** Goes through the door of a console, with its key. The other end proves that it has the key, too. */
export function enterDoor({ address, port, path, key }: ConsoleDoor): Promise<TLSSocket> {
  const socket = connect({
    ...TLS,
    host: address,
    port,
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ identity: path, psk: Buffer.from(key, 'hex') }),
  });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    socket.setTimeout(ENTER_WITHIN_MS, () => socket.destroy(new Error('the host of the guest did not answer')));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
