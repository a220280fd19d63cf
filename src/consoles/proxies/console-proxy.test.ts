// oxlint-disable-next-line import/no-unassigned-import -- it must be there before the library of certificates is loaded
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { once } from 'node:events';
import { get } from 'node:https';
import { connect } from 'node:tls';
import { X509CertificateGenerator } from '@peculiar/x509';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../lib/clock/clock.ts';
import { systemIds } from '../../lib/clock/ids.ts';
import { silentLog } from '../../lib/log/log.ts';
import { ConsoleProxy } from './console-proxy.ts';
import { serialPages } from './pages-of.ts';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate and its key in PEM. */
async function ownCertificate() {
  const keys = await webcrypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({ name: 'CN=localhost', keys, signingAlgorithm: ECDSA });
  const key = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: Buffer.from(certificate.toString('pem')),
    key: Buffer.from(`-----BEGIN PRIVATE KEY-----\n${key}\n-----END PRIVATE KEY-----\n`),
  };
}

test('with a certificate it serves the page and its WebSocket over TLS only, from the version that was chosen', async () => {
  const tls = await ownCertificate();
  const proxy = new ConsoleProxy({
    type: 'serial',
    pages: serialPages(),
    // It knows no token.
    consoles: {
      openConsole: async () => null,
      prolongConsole: async () => null,
      recordConsole: async () => false,
      shareConsole: async () => null,
    },
    allowedOrigins: [],
    maxSessions: 1,
    idleMs: 0,
    endsWithToken: false,
    tls: { ...tls, minVersion: 'TLSv1.3', ciphers: undefined },
    clock: systemClock,
    ids: systemIds,
    log: silentLog,
  });
  onTestFinished(() => proxy.close());
  const port = await proxy.listen({ host: '127.0.0.1', port: 0 });
  const trusting = { ca: tls.cert, checkServerIdentity: () => undefined };
  const [page] = await once(get(`https://127.0.0.1:${port}/serial.html`, trusting), 'response');
  expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  page.resume();
  const viewer = new WebSocket(`wss://127.0.0.1:${port}/?token=t`, { rejectUnauthorized: false });
  expect((await once(viewer, 'close'))[0]).toBe(4401);
  await expect(fetch(`http://127.0.0.1:${port}/serial.html`)).rejects.toThrow();
  const old = connect({ host: '127.0.0.1', port, maxVersion: 'TLSv1.2', ...trusting });
  expect(String((await once(old, 'error'))[0])).toContain('protocol version');
});
