/** Run by listen-inside in the namespace: listens on ADDRESS PORT, sends the socket to the parent, ends when the parent has it or has died. */
import { createServer } from 'node:net';

const [, , host = '127.0.0.1', port = '0'] = process.argv;
const server = createServer();
server.listen({ host, port: Number(port) }, () => process.send?.('listening', server));
server.on('error', (error) => {
  process.stderr.write(error.message, () => process.exit(1));
});
process.on('disconnect', () => process.exit(0));
// Node does not tell of a channel that closes while a socket is in it.
process.stdin.on('close', () => process.exit(0)).resume();
