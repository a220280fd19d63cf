import { Type as t } from '@sinclair/typebox';
import type { CreatedKeypair, KeypairApi } from '../../../../compute/keypairs/keypair-api.ts';
import { embedded, field, omit, resource } from '../../../../lib/versioning/resource.ts';
import { nullable } from '../../../../lib/versioning/schema.ts';
import { v } from '../../../../microversions.ts';
import { microseconds } from '../wire.ts';

type Keypair = Awaited<ReturnType<KeypairApi['find']>>;

const common = {
  name: field(t.String(), (keypair: CreatedKeypair) => keypair.name),
  public_key: field(t.String(), (keypair: CreatedKeypair) => keypair.publicKey),
  fingerprint: field(t.String(), (keypair: CreatedKeypair) => keypair.fingerprint),
  type: field(t.String(), (keypair: CreatedKeypair) => keypair.type, { since: v.keypairTypes }),
};

const userId = field(t.String(), (keypair: CreatedKeypair) => keypair.userId);

const listed = resource<Keypair>()('keypair', common);

/** An item of the list has an envelope of its own. */
export const listedKeypair = resource<Keypair>()('listed keypair', { keypair: embedded(listed, (keypair) => keypair) });

export const createdKeypair = resource<CreatedKeypair>()('created keypair', {
  ...common,
  user_id: userId,
  private_key: field(t.Optional(t.String()), (keypair) => keypair.privateKey ?? omit, { until: v.noKeyGeneration }),
});

export const keypairView = resource<Keypair>()('keypair in full', {
  ...common,
  user_id: userId,
  id: field(t.Integer(), (keypair) => keypair.id),
  created_at: field(t.String(), (keypair) => microseconds(keypair.createdAt)),
  updated_at: field(nullable(t.String()), () => null),
  deleted: field(t.Boolean(), () => false),
  deleted_at: field(nullable(t.String()), () => null),
});
