import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { KeypairInvalid } from './errors.ts';

const generate = promisify(generateKeyPair);

/** The length of generated RSA keys, in bits. */
const RSA_BITS = 2_048;

/** How many fields a key of each algorithm has after the algorithm's name (RFC 4253, 5656, 8709; OpenSSH's PROTOCOL.u2f). */
const fieldsOf: Readonly<Record<string, number>> = {
  'ssh-rsa': 2,
  'ssh-dss': 4,
  'ssh-ed25519': 1,
  'ecdsa-sha2-nistp256': 2,
  'ecdsa-sha2-nistp384': 2,
  'ecdsa-sha2-nistp521': 2,
  'sk-ssh-ed25519@openssh.com': 2,
  'sk-ecdsa-sha2-nistp256@openssh.com': 3,
};

/** The MD5 fingerprint of an OpenSSH public key (RFC 4716, section 4), as the API shows it; throws KeypairInvalid for anything else. */
export function fingerprintOf(publicKey: string): string {
  const [algorithm = '', encoded = ''] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(encoded, 'base64');
  const [declared, ...rest] = fieldsIn(blob);
  // The blob begins with the algorithm's name too; both must agree.
  const isKey = Object.hasOwn(fieldsOf, algorithm) && declared?.toString('latin1') === algorithm && rest.length === fieldsOf[algorithm];
  if (!isKey || rest.some(({ length }) => length === 0)) throw KeypairInvalid({ because: 'failed to generate fingerprint' });
  const digest = createHash('md5').update(blob).digest('hex');
  return (digest.match(/../g) ?? []).join(':');
}

/** The length-prefixed fields of a key; none if the lengths do not add up. */
function fieldsIn(blob: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  for (let at = 0; at < blob.length; ) {
    const end = at + 4 <= blob.length ? at + 4 + blob.readUInt32BE(at) : Number.POSITIVE_INFINITY;
    if (end > blob.length) return [];
    fields.push(blob.subarray(at + 4, end));
    at = end;
  }
  return fields;
}

/** A new RSA key: the private half as PEM, the public half in OpenSSH's format. */
export async function generateSshKey(): Promise<{ publicKey: string; privateKey: string }> {
  const { publicKey, privateKey } = await generate('rsa', { modulusLength: RSA_BITS });
  return {
    publicKey: `${openSshOf(publicKey)} Generated-by-Nova`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  };
}

/** An RSA public key in the format of RFC 4253, section 6.6. */
function openSshOf(key: KeyObject): string {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const fields = [Buffer.from('ssh-rsa'), mpint(Buffer.from(e, 'base64url')), mpint(Buffer.from(n, 'base64url'))];
  return `ssh-rsa ${Buffer.concat(fields.flatMap((field) => [lengthOf(field), field])).toString('base64')}`;
}

/** A number whose first bit is set gets a leading zero byte to stay positive. */
const mpint = (bytes: Buffer): Buffer => ((bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);

const lengthOf = (field: Buffer): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
};
