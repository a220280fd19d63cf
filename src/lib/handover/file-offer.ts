/** What the receiver of files needs to fetch them: where they are, and the key that opens these files and nothing else. */
import { type Static, Type as t } from '@sinclair/typebox';

export const fileOffer = t.Object({
  address: t.String(),
  port: t.Integer(),
  /** Names the offer. */
  identity: t.String(),
  /** In hex; a pre-shared key of TLS. */
  key: t.String(),
});
export type FileOffer = Static<typeof fileOffer>;

/** A file that is offered: its name for the receiver, where it lies, and its size. */
export interface OfferedFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** A file of an offer as its receiver sees it. */
export const listedFile = t.Object({ name: t.String(), bytes: t.Integer({ minimum: 0 }) });
export type ListedFile = Static<typeof listedFile>;

/** The key is known to both ends and nobody else, so no certificate is needed; old sessions stay secret if it leaks (RFC 5489). */
export const TLS = { ciphers: 'ECDHE-PSK-CHACHA20-POLY1305', minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
