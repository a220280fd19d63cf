/** Access keys: credentials of the type `ec2`, whose public part names them. */
import { createHash } from 'node:crypto';
import type { Credential } from '../../objects/identity.ts';

export const ACCESS_KEY = 'ec2';

/** The two parts of a key. */
export interface AccessKeyParts {
  readonly access: string;
  readonly secret: string;
}

/** An access key of a user in a project. */
export interface AccessKey extends AccessKeyParts {
  readonly userId: string;
  readonly projectId: string;
}

/** The id of the credential with this public part, as in Keystone. */
export const idOfAccess = (access: string): string => createHash('sha256').update(access).digest('hex');

/** The parts that a blob holds; undefined if it holds no key. */
export function partsIn(blob: string): AccessKeyParts | undefined {
  try {
    const value: unknown = JSON.parse(blob);
    if (typeof value !== 'object' || value === null) return undefined;
    const { access, secret }: { access?: unknown; secret?: unknown } = value;
    return typeof access === 'string' && access !== '' && typeof secret === 'string' && secret !== '' ? { access, secret } : undefined;
  } catch {
    return undefined;
  }
}

export const blobOf = ({ access, secret }: AccessKeyParts): string => JSON.stringify({ access, secret });

/** A credential as a key; undefined if it is another kind of secret. */
export function accessKeyOf({ type, blob, userId, projectId }: Credential): AccessKey | undefined {
  const parts = type === ACCESS_KEY ? partsIn(blob) : undefined;
  return parts && projectId !== null ? { ...parts, userId, projectId } : undefined;
}
