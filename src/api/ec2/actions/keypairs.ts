import type { CreatedKeypair } from '../../../compute/keypairs/keypair-api.ts';
import { KeypairNotFound } from '../../../compute/keypairs/errors.ts';
import type { XmlValue } from '../../../lib/xml/write-xml.ts';
import { DONE, type Ec2Action, type Ec2Answer, setOf } from '../action.ts';
import { KeyFormatInvalid, KeyPairNotFound } from '../errors.ts';
import { passing } from '../wire/filters.ts';

/** More than a quota allows. */
const MOST = 1_000;

const madeView = ({ name, fingerprint, privateKey }: CreatedKeypair): Ec2Answer => ({
  keyName: name,
  keyFingerprint: fingerprint,
  keyMaterial: privateKey,
  keyPairId: `key-${name}`,
});

/** The public key in a parameter in base64. */
function publicKeyIn(material: string): string {
  const bytes = Buffer.from(material, 'base64');
  const text = bytes.toString('utf8').trim();
  if (bytes.toString('base64').replace(/=+$/, '') !== material.replace(/\s/g, '').replace(/=+$/, '') || text === '')
    throw KeyFormatInvalid({});
  return text;
}

export const keypairActions: readonly Ec2Action[] = [
  {
    name: 'DescribeKeyPairs',
    summary: "List the caller's key pairs.",
    policy: 'os_compute_api:os-keypairs:index',
    run: async (asked, { keypairs }) => {
      const all = await keypairs.list(asked.ctx, { limit: MOST });
      const names = asked.list('KeyName');
      const missing = names.find((name) => !all.some((keypair) => keypair.name === name));
      if (missing !== undefined) throw KeyPairNotFound({ name: missing });
      const wanted = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
      const found = passing(wanted, asked.filters, { 'key-name': ({ name }) => name, fingerprint: ({ fingerprint }) => fingerprint });
      const views = found.map(
        ({ name, fingerprint, createdAt, type }): XmlValue => ({
          keyPairId: `key-${name}`,
          keyName: name,
          keyFingerprint: fingerprint,
          keyType: type === 'ssh' ? 'rsa' : type,
          createTime: createdAt,
          tagSet: null,
        }),
      );
      return { keySet: setOf(views) };
    },
  },
  {
    name: 'CreateKeyPair',
    summary: 'Make a key pair; its private key is answered once.',
    policy: 'os_compute_api:os-keypairs:create',
    run: async (asked, { keypairs }) => madeView(await keypairs.create(asked.ctx, { name: asked.required('KeyName'), type: 'ssh' })),
  },
  {
    name: 'ImportKeyPair',
    summary: 'Keep a public key.',
    policy: 'os_compute_api:os-keypairs:create',
    run: async (asked, { keypairs }) => {
      const publicKey = publicKeyIn(asked.required('PublicKeyMaterial'));
      return madeView(await keypairs.create(asked.ctx, { name: asked.required('KeyName'), type: 'ssh', publicKey }));
    },
  },
  {
    name: 'DeleteKeyPair',
    summary: 'Delete a key pair; one that is not there is deleted already.',
    policy: 'os_compute_api:os-keypairs:delete',
    run: async (asked, { keypairs }) => {
      await keypairs.delete(asked.ctx, asked.required('KeyName')).catch((error: unknown) => {
        if (!KeypairNotFound.is(error)) throw error;
      });
      return DONE;
    },
  },
];
