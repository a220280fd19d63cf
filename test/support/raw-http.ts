/** Requests that no HTTP client would send, on bare connections. */
import { connect } from 'node:net';

/** Malformed and extreme HTTP. */
export const brokenRequests = [
  'NONSENSE\r\n\r\n',
  'GET\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'GET /v2.1/servers HTTP/1.1\r\n\r\n',
  'GET \u0000 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  'CONNECT evil:1 HTTP/1.1\r\nHost: evil\r\n\r\n',
  'POST /v2.1/servers HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n',
  'POST /v2.1/servers HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /v2.1/servers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(200_000)}\r\n\r\n`,
  `GET /${'x'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET / HTTP/1.1\r\nHost: x\r\n${Array.from({ length: 3_000 }, (_, i) => `X-${i}: y\r\n`).join('')}\r\n`,
  'GET / HTTP/1.1\r\nHost: x\r\nBad Header: \u0001\r\n\r\n',
];

/** The status of the first answer on a raw connection; undefined if it is closed without one. */
export const rawStatus = (port: number, request: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    let text = '';
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (text.includes('\r\n')) socket.destroy();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(text === '' ? undefined : Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1])));
  });
