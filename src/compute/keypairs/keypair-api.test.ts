import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { systemClock } from '../../lib/clock/clock.ts';
import type { Context } from '../../lib/context/context.ts';
import { novaPolicy, PolicyForbidden } from '../../policy/policy.ts';
import { QuotaExceeded } from '../../quota/check.ts';
import { unlimited } from '../../quota/resources.ts';
import { MarkerNotFound } from '../errors.ts';
import { KeypairExists, KeypairInvalid, KeypairNotFound } from './errors.ts';
import { KeypairApi } from './keypair-api.ts';

const ssh = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFd31crS06SmwUNrrbWztSLjY1tM3D4TaDWHQAUKSgz me';
const certificate = `-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUI43VnpXYZ4r8GHWM1Av+rNB3SKAwCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCbWUwIBcNMjYxMTIyMDkxODQ2WhgPMjEyNjEwMjkwOTE4NDZa
MA0xCzAJBgNVBAMMAm1lMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAErV3J6Rr/
zfZRTdqxFmKDtuS1+TB3kZR96KrjjIfmnj8RdINp4QCBQXNyMxp0uKdYT/Q432Dw
v5O8xlFQ3LW0IKNTMFEwHQYDVR0OBBYEFGkPBAXTROjOd79bOme1EZ7zzmrhMB8G
A1UdIwQYMBaAFGkPBAXTROjOd79bOme1EZ7zzmrhMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgT2/inQX5HFPSapLhM7SvApLIHuMqWD6/+OZQR996
G8wCIDPNpBJKI+DR16QPfGqlken6T3rqFUT8o3dBne6SUUwT
-----END CERTIFICATE-----`;

const caller = (userId: string, isAdmin = false): Context => ({
  requestId: 'req-1',
  userId,
  projectId: 'p-1',
  roles: isAdmin ? ['admin', 'member', 'reader'] : ['member', 'reader'],
  isAdmin,
});
const admin = caller('root', true);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
});

const api = (limit = -1) =>
  new KeypairApi({ db: database.db, clock: systemClock, policy: novaPolicy(), quotaLimits: { ...unlimited, key_pairs: limit } });
const key = (name: string) => ({ name, type: 'ssh', publicKey: ssh }) as const;

// Fault 2026-11 D2.
test('an imported key is kept and answered as it was sent, under its fingerprint', async () => {
  const made = await api().create(caller('ann'), { ...key('laptop'), publicKey: ` ${ssh}\n` });
  expect(made).toMatchObject({
    name: 'laptop',
    userId: 'ann',
    publicKey: ` ${ssh}\n`,
    fingerprint: '56:a1:71:f1:86:d0:bf:b0:60:4b:73:5f:df:b2:d7:0d',
  });
  expect(made).not.toHaveProperty('privateKey');
  expect(await api().find(caller('ann'), 'laptop')).toMatchObject(made);
});

test('the private half of a generated key is returned once', async () => {
  const made = await api().create(caller('ben'), { name: 'new', type: 'ssh' });
  expect(made.privateKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
  expect(JSON.stringify(await api().find(caller('ben'), 'new'))).not.toContain('PRIVATE');
});

test('a certificate has the SHA-1 fingerprint of its bytes', async () => {
  const made = await api().create(caller('cid'), { name: 'windows', type: 'x509', publicKey: certificate });
  expect(made.fingerprint).toBe('94:d7:74:66:54:cc:da:bb:74:4f:ec:ce:ea:a1:19:fb:27:1b:81:82');
});

test.each([
  ['an ssh key that is none', { name: 'x', type: 'ssh', publicKey: 'ssh-rsa nonsense' }],
  ['a certificate that is none', { name: 'x', type: 'x509', publicKey: ssh }],
] as const)('%s is refused', async (_what, keypair) => {
  await expect(api().create(caller('dan'), keypair)).rejects.toSatisfy(KeypairInvalid.is);
});

test('a name is unique for each user', async () => {
  await api().create(caller('eve'), key('laptop'));
  await expect(api().create(caller('eve'), key('laptop'))).rejects.toSatisfy(KeypairExists.is);
  expect(await api().create(caller('eva'), key('laptop'))).toMatchObject({ userId: 'eva' });
});

test('a user has no more keys than the limit', async () => {
  const fay = caller('fay');
  await api(2).create(fay, key('one'));
  await api(2).create(fay, key('two'));
  await expect(api(2).create(fay, key('three'))).rejects.toSatisfy(QuotaExceeded.is);
  await api(2).delete(fay, 'one');
  await api(2).create(fay, key('three'));
  await expect(api(0).create(caller('gus'), key('one'))).rejects.toThrow('used 0 of 0 key_pairs');
});

test('concurrent creates do not pass the limit either', async () => {
  const gil = caller('gil');
  const made = await Promise.allSettled(Array.from({ length: 12 }, (_, index) => api(3).create(gil, key(`key-${index}`))));
  expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
});

test('keys of others are out of reach, except for admins', async () => {
  await api().create(caller('hal'), key('laptop'));
  const ivy = caller('ivy');
  await expect(api().find(ivy, 'laptop', 'hal')).rejects.toSatisfy(PolicyForbidden.is);
  await expect(api().list(ivy, { limit: 10, userId: 'hal' })).rejects.toSatisfy(PolicyForbidden.is);
  await expect(api().delete(ivy, 'laptop', 'hal')).rejects.toSatisfy(PolicyForbidden.is);
  await expect(api().create(ivy, { ...key('mine'), userId: 'hal' })).rejects.toSatisfy(PolicyForbidden.is);
  await expect(api().find(ivy, 'laptop')).rejects.toSatisfy(KeypairNotFound.is);
  expect(await api().find(admin, 'laptop', 'hal')).toMatchObject({ userId: 'hal' });
  await api().delete(admin, 'laptop', 'hal');
  await expect(api().delete(caller('hal'), 'laptop')).rejects.toThrow('Keypair laptop not found for user hal');
});

test('a list has a user’s own keys by name, page by page', async () => {
  const jim = caller('jim');
  for (const name of ['c', 'a', 'b']) await api().create(jim, key(name));
  await api().create(caller('kim'), key('z'));
  const namesOf = async (page: { limit: number; marker?: string }) => (await api().list(jim, page)).map(({ name }) => name);
  expect([await namesOf({ limit: 2 }), await namesOf({ limit: 2, marker: 'b' })]).toEqual([['a', 'b'], ['c']]);
  expect(await namesOf({ limit: 2, marker: 'c' })).toEqual([]);
});

test.each(['bb', 'z', 'a\0b'])('%j is no valid marker, as it is no key of the user’s', async (marker) => {
  await expect(api().list(caller('kai'), { limit: 2, marker })).rejects.toSatisfy(MarkerNotFound.is);
});

/** The same request retried, its outcome unknown to the client. */
const again = (ctx: Context): Context => ({ ...ctx, resumed: true });

test('a retried create succeeds, whatever the limit and even if the keypair was deleted since', async () => {
  const lea = { ...caller('lea'), requestId: 'req-lea', keyed: true };
  const made = await api(1).create(lea, key('laptop'));
  expect(await api(1).create(again(lea), key('laptop'))).toEqual(made);
  await api().delete(caller('lea'), 'laptop');
  expect(await api(1).create(again(lea), key('laptop'))).toEqual(made);
  await expect(api().find(lea, 'laptop')).rejects.toSatisfy(KeypairNotFound.is);
});

test('a generated key whose private half was lost is replaced by a new one', async () => {
  const mia = { ...caller('mia'), requestId: 'req-mia', keyed: true };
  const lost = await api().create(mia, { name: 'new', type: 'ssh' });
  const { privateKey, ...told } = await api().create(again(mia), { name: 'new', type: 'ssh' });
  expect(privateKey).not.toBe(lost.privateKey);
  expect(await api().find(mia, 'new')).toMatchObject(told);
});

test('a retried create that had failed fails again', async () => {
  const ned = { ...caller('ned'), requestId: 'req-ned', keyed: true };
  await api().create({ ...ned, requestId: 'req-other' }, key('laptop'));
  await expect(api().create(again(ned), key('laptop'))).rejects.toSatisfy(KeypairExists.is);
  await expect(api().delete(again(ned), 'none')).rejects.toSatisfy(KeypairNotFound.is);
});

test('a retried delete succeeds, and spares a keypair created since', async () => {
  const oda = { ...caller('oda'), requestId: 'req-oda', keyed: true };
  await api().create(oda, key('laptop'));
  await api().delete(oda, 'laptop');
  await api().delete(again(oda), 'laptop');
  await api().create({ ...oda, requestId: 'req-later' }, key('laptop'));
  await api().delete(again(oda), 'laptop');
  expect(await api().find(oda, 'laptop')).toMatchObject({ name: 'laptop' });
});

// Fault 2026-11 A20.
test('a certificate is generated, with its fingerprint, and its private key is returned once', async () => {
  const made = await api().create(caller('dan'), { name: 'windows', type: 'x509' });
  const { fingerprint } = new X509Certificate(made.publicKey);
  expect(made.fingerprint).toBe(fingerprint.toLowerCase());
  expect(Buffer.from(made.privateKey ?? '', 'base64').length).toBeGreaterThan(1_000);
  const { privateKey, ...kept } = made;
  expect(await api().find(caller('dan'), 'windows')).toMatchObject(kept);
  expect(JSON.stringify(await api().find(caller('dan'), 'windows'))).not.toContain(privateKey);
});
