import { createPrivateKey, createPublicKey } from 'node:crypto';
import { expect, test } from 'vitest';
import { KeypairInvalid } from './errors.ts';
import { fingerprintOf, generateSshKey } from './ssh-key.ts';

// Made by OpenSSH, fingerprints included.
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEFd31crS06SmwUNrrbWztSLjY1tM3D4TaDWHQAUKSgz me';
const ecdsa =
  'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBCEWrZwA/yyYORmLnIeLtYXLWdxxEgNViRT3X9veLdijkQ6OQhQ4tVlkcWN73JBZiGh/xaPzGs2djiSHOyubeeA= me';
const rsa =
  'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC/+9FPTu6VGRlXDbmu1pouz+JFZgOm/n+yJmNr/QdSrp33bKJTo9v85DwpuUsz3MyAMDadObVo4TG3hv8Xnn0Gvxodg/nUmQ3yDrELAY/4QxjEllYOTPbsOghebD96+dNsOXYva6JXFc1BchVPRqMkaaYv7DCnbJW1CgzB4Vs3uQ== me';

test.each([
  [ed25519, '56:a1:71:f1:86:d0:bf:b0:60:4b:73:5f:df:b2:d7:0d'],
  [ecdsa, 'e7:78:79:fb:23:a9:84:aa:77:83:bf:26:4c:ad:b2:ba'],
  [rsa, '40:3f:23:ab:24:41:71:b4:73:94:bc:00:8a:f0:d3:a8'],
])('the fingerprint of a key is that of OpenSSH (%#)', (key, fingerprint) => {
  expect(fingerprintOf(key)).toBe(fingerprint);
  expect(fingerprintOf(`  ${key.replace(/ me$/, '')}\n`)).toBe(fingerprint);
});

const base64Of = (key: string) => key.split(' ')[1] ?? '';
const nameOnly = Buffer.from(`\0\0\0\x07ssh-rsa`, 'latin1').toString('base64');

test.each([
  ['nothing', ''],
  ['one word', 'ssh-rsa'],
  ['an unknown algorithm', `ssh-rsb ${base64Of(rsa)}`],
  ['a name from the prototype', `constructor ${base64Of(rsa)}`],
  ['a key that calls itself another', `ssh-rsa ${base64Of(ed25519)}`],
  ['a name without a key', `ssh-rsa ${nameOnly}`],
  ['a key cut short', `ssh-rsa ${base64Of(rsa).slice(0, 100)}`],
  [
    'a key with something behind it',
    `ssh-ed25519 ${Buffer.concat([Buffer.from(base64Of(ed25519), 'base64'), Buffer.alloc(5)]).toString('base64')}`,
  ],
  ['what is not base64', 'ssh-rsa !!!!!!!!!!!!'],
  ['a length that runs away', `ssh-rsa ${Buffer.alloc(12, 0xff).toString('base64')}`],
  ['a private key', '-----BEGIN OPENSSH PRIVATE KEY----- b3BlbnNzaA=='],
])('%s is no public key', (_what, text) => {
  expect(() => fingerprintOf(text)).toThrow(expect.toSatisfy(KeypairInvalid.is));
});

test('a generated key is a pair: the private half knows the public one', async () => {
  const { publicKey, privateKey } = await generateSshKey();
  expect(publicKey).toMatch(/^ssh-rsa [A-Za-z0-9+/=]+ Generated-by-Nova$/);
  expect(fingerprintOf(publicKey)).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  const { n = '', e = '' } = createPublicKey(createPrivateKey(privateKey)).export({ format: 'jwk' });
  const blob = Buffer.from(base64Of(publicKey), 'base64').toString('hex');
  expect(blob).toContain(Buffer.from(e, 'base64url').toString('hex'));
  expect(blob.endsWith(Buffer.from(n, 'base64url').toString('hex'))).toBe(true);
  expect((await generateSshKey()).publicKey).not.toBe(publicKey);
});
