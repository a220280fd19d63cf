/** The PKCS #12 container (RFC 7292) in which a generated certificate and its private key reach the user. */
import { createHash, createHmac } from 'node:crypto';
import { ContentInfo, id_data } from '@peculiar/asn1-cms';
import {
  AuthenticatedSafe,
  CertBag,
  id_certBag,
  id_keyBag,
  id_x509Certificate,
  MacData,
  PFX,
  PKCS12Attribute,
  SafeBag,
  SafeContents,
} from '@peculiar/asn1-pfx';
import { DigestInfo, sha256 } from '@peculiar/asn1-rsa';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';

/** Links the certificate to its key. */
const LOCAL_KEY_ID = '1.2.840.113549.1.9.21';

/** Rounds of the key derivation. There is no password that they could protect. */
const ROUNDS = 2_048;

/** A container with an empty password, which Windows imports. Both arguments are in DER, the key as PKCS #8. */
export function containerOf(certificate: ArrayBuffer, privateKey: ArrayBuffer): Buffer {
  const mark = createHash('sha1').update(new Uint8Array(certificate)).digest();
  // Assigned, because the constructor of attributes drops what it is given.
  const bagAttributes = [Object.assign(new PKCS12Attribute(), { attrId: LOCAL_KEY_ID, attrValues: [octets(mark)] })];
  const certBag = AsnConvert.serialize(new CertBag({ certId: id_x509Certificate, certValue: octets(certificate) }));
  const bags = [
    new SafeBag({ bagId: id_certBag, bagValue: certBag, bagAttributes }),
    new SafeBag({ bagId: id_keyBag, bagValue: privateKey, bagAttributes }),
  ];
  const safe = AsnConvert.serialize(new AuthenticatedSafe(bags.map((bag) => data(new SafeContents([bag])))));
  const mac = createHmac('sha256', macKeyOf(mark)).update(new Uint8Array(safe)).digest();
  const macData = new MacData({
    mac: new DigestInfo({ digestAlgorithm: sha256, digest: new OctetString(mac) }),
    macSalt: new OctetString(mark),
    iterations: ROUNDS,
  });
  const authSafe = new ContentInfo({ contentType: id_data, content: octets(safe) });
  return Buffer.from(AsnConvert.serialize(new PFX({ version: 3, authSafe, macData })));
}

const octets = (bytes: ArrayBuffer | Uint8Array): ArrayBuffer => AsnConvert.serialize(new OctetString(bytes));

const data = (content: SafeContents): ContentInfo =>
  new ContentInfo({ contentType: id_data, content: octets(AsnConvert.serialize(content)) });

/** The key for the integrity of a container with an empty password (RFC 7292, appendix B; one block suffices). */
function macKeyOf(salt: Buffer): Buffer {
  const block = 64;
  const repeated = (bytes: Buffer) => Buffer.alloc(block, bytes);
  const emptyPassword = Buffer.from([0, 0]);
  let key = Buffer.concat([Buffer.alloc(block, 3), repeated(salt), repeated(emptyPassword)]);
  for (let round = 0; round < ROUNDS; round++) key = createHash('sha256').update(key).digest();
  return key;
}
