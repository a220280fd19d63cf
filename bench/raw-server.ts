import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The baseline: a plain node:http server that answers with the given bytes. It runs as a process of its own.

process.once('message', (body) => {
  const bytes = Buffer.from(String(body));
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': bytes.length }).end(bytes);
  });
  // A TCP server that listens has a TCP address.
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
});
