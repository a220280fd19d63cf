/** Certificates of users and their private keys, as Windows guests and WinRM clients take them. */
// oxlint-disable-next-line import/no-unassigned-import -- it must be there before the library of certificates is loaded
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Name,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { containerOf } from './key-container.ts';

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 2_048, publicExponent: new Uint8Array([1, 0, 1]) };

const VALID_YEARS = 10;

/** A certificate with which a user logs in to Windows guests without a password, and its private key, both for one user. */
export async function generateX509Key(userId: string, now: Date): Promise<{ publicKey: string; privateKey: string }> {
  const keys = await webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const notAfter = new Date(now);
  notAfter.setUTCFullYear(now.getUTCFullYear() + VALID_YEARS);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // In parts, because an id may contain what separates the parts of a name written as text.
    name: new Name([{ CN: [{ utf8String: userId }] }]),
    notBefore: now,
    notAfter,
    keys,
    extensions: [
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth]),
      // Windows finds the user by this name.
      new SubjectAlternativeNameExtension([{ type: 'upn', value: `${userId}@localhost` }]),
    ],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { publicKey: `${certificate.toString('pem')}\n`, privateKey: containerOf(certificate.rawData, key).toString('base64') };
}
