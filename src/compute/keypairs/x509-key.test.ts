import { X509Certificate } from 'node:crypto';
import { createServer, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { generateX509Key } from './x509-key.ts';

// Fault 2026-11 A20.
test('a generated certificate is for one user, for logging in, for ten years', async () => {
  const { publicKey } = await generateX509Key('5e1d1b2c', new Date('2026-11-30T06:00:00.123Z'));
  const certificate = new X509Certificate(publicKey);
  expect([certificate.subject, certificate.issuer]).toEqual(['CN=5e1d1b2c', 'CN=5e1d1b2c']);
  expect([new Date(certificate.validFrom), new Date(certificate.validTo)]).toEqual([
    new Date('2026-11-30T06:00:00Z'),
    new Date('2036-11-30T06:00:00Z'),
  ]);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  expect(certificate.raw.toString('latin1')).toContain('5e1d1b2c@localhost');
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ modulusLength: 2_048 });
});

const pfxOf = ({ privateKey }: { privateKey: string }) => ({ pfx: Buffer.from(privateKey, 'base64'), passphrase: '' });

// Fault 2026-11 A20.
test('its private key comes in a container with the certificate and an empty password, and authenticates a client', async () => {
  const server = await generateX509Key('server', new Date());
  const user = await generateX509Key('user', new Date());
  const { promise: seen, resolve } = Promise.withResolvers<PeerCertificate>();
  const listening = createServer({ ...pfxOf(server), requestCert: true, rejectUnauthorized: false }, (socket: TLSSocket) => {
    resolve(socket.getPeerCertificate());
    socket.end();
  }).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as AddressInfo;
  const client = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...pfxOf(user) });
  try {
    const certificate = await seen;
    expect(certificate.raw.equals(new X509Certificate(user.publicKey).raw)).toBe(true);
  } finally {
    client.destroy();
    listening.close();
  }
});
