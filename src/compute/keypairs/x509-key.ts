import { createHash, createHmac, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, integer, nothing, octets, oid, sequence, set, tagged, time, utf8 } from './der.ts';

const generate = promisify(generateKeyPair);

/** The length of generated RSA keys, in bits. */
const RSA_BITS = 2_048;

const VALID_YEARS = 10;

/** A certificate with which a user logs in to Windows guests without a password, and its private key, both for one user. */
export async function generateX509Key(userId: string, now: Date): Promise<{ publicKey: string; privateKey: string }> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  const certificate = certificateOf({ userId, now, publicKey, privateKey });
  return { publicKey: pemOf(certificate), privateKey: containerOf(certificate, privateKey).toString('base64') };
}

const pemOf = (certificate: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(certificate.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`;

const sha256WithRsa = sequence(oid('1.2.840.113549.1.1.11'), nothing);

interface Certified {
  readonly userId: string;
  readonly now: Date;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A certificate signed by its own key (RFC 5280), for the authentication of clients; it names the user as Windows does. */
function certificateOf({ userId, now, publicKey, privateKey }: Certified): Buffer {
  const name = sequence(set(sequence(oid('2.5.4.3'), utf8(userId))));
  const end = new Date(now);
  end.setUTCFullYear(now.getUTCFullYear() + VALID_YEARS);
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const clientAuth = sequence(oid('1.3.6.1.5.5.7.3.2'));
  const userPrincipal = sequence(tagged(0, oid('1.3.6.1.4.1.311.20.2.3'), tagged(0, utf8(`${userId}@localhost`))));
  const extensions = sequence(sequence(oid('2.5.29.37'), octets(clientAuth)), sequence(oid('2.5.29.17'), octets(userPrincipal)));
  const unsigned = sequence(
    tagged(0, integer(Buffer.from([2]))),
    // Distinct keys have distinct serial numbers.
    integer(Buffer.concat([Buffer.from([1]), createHash('sha256').update(key).digest().subarray(0, 15)])),
    sha256WithRsa,
    name,
    sequence(time(now), time(end)),
    name,
    key,
    tagged(3, extensions),
  );
  return sequence(unsigned, sha256WithRsa, bits(sign('sha256', unsigned, privateKey)));
}

const data = '1.2.840.113549.1.7.1';
const inData = (content: Buffer): Buffer => sequence(oid(data), tagged(0, octets(content)));

/** Rounds of the key derivation; there is no password that they could protect. */
const ROUNDS = 2_048;

/** Certificate and key in a PKCS #12 container (RFC 7292) with an empty password, which Windows imports. */
function containerOf(certificate: Buffer, privateKey: KeyObject): Buffer {
  const mark = createHash('sha1').update(certificate).digest();
  const attributes = set(sequence(oid('1.2.840.113549.1.9.21'), set(octets(mark))));
  const certificateBag = sequence(
    oid('1.2.840.113549.1.12.10.1.3'),
    tagged(0, sequence(oid('1.2.840.113549.1.9.22.1'), tagged(0, octets(certificate)))),
    attributes,
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'der' });
  const keyBag = sequence(oid('1.2.840.113549.1.12.10.1.1'), tagged(0, key), attributes);
  const safe = sequence(inData(sequence(certificateBag)), inData(sequence(keyBag)));
  const mac = createHmac('sha256', macKeyOf(mark)).update(safe).digest();
  const digest = sequence(sequence(oid('2.16.840.1.101.3.4.2.1'), nothing), octets(mac));
  const rounds = Buffer.from([ROUNDS >> 8, ROUNDS & 0xff]);
  return sequence(integer(Buffer.from([3])), inData(safe), sequence(digest, octets(mark), integer(rounds)));
}

/** The key for the integrity of a container with an empty password (RFC 7292, appendix B; one block suffices). */
function macKeyOf(salt: Buffer): Buffer {
  const block = 64;
  const repeated = (bytes: Buffer) => Buffer.alloc(block, bytes);
  const emptyPassword = Buffer.from([0, 0]);
  let key = Buffer.concat([Buffer.alloc(block, 3), repeated(salt), repeated(emptyPassword)]);
  for (let round = 0; round < ROUNDS; round++) key = createHash('sha256').update(key).digest();
  return key;
}
