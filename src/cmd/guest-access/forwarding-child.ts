/** Run by `nova-ts forward` in the network of a guest: accepts connections from the parent's socket, each goes on to ADDRESS PORT. */
import { connect, createServer, type Server, type Socket } from 'node:net';

const [, , host = '', port = '0'] = process.argv;
/** A guest that does not answer. */
const CONNECT_WITHIN_MS = 10_000;

function forward(client: Socket): void {
  const guest = connect({ host, port: Number(port), allowHalfOpen: true });
  const give = (error: Error): void => {
    process.stderr.write(`nova-ts forward: ${error.message}\n`);
    guest.destroy();
    client.resetAndDestroy();
  };
  guest.setTimeout(CONNECT_WITHIN_MS, () =>
    give(new Error(`no answer of ${host}:${port}: is the port open, and does a security group allow it?`)),
  );
  guest.once('connect', () => guest.setTimeout(0));
  guest.once('error', give);
  // The client went away: nothing to tell.
  client.once('error', () => guest.destroy());
  client.once('close', () => guest.destroy());
  client.pipe(guest).pipe(client);
}

const isServer = (handle: unknown): handle is Server => typeof handle === 'object' && handle !== null && 'listen' in handle;

process.on('message', (_, handle) => {
  if (!isServer(handle)) return;
  createServer({ allowHalfOpen: true }, forward).listen(handle);
  process.send?.('serving');
});
// The parent has ended, however it did.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
