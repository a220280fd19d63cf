import { Type as t } from '@sinclair/typebox';
import { requestBody } from '../../../../lib/versioning/request-body.ts';
import { nullable, strictObject, stringEnum } from '../../../../lib/versioning/schema.ts';
import { bodyField } from '../../../../lib/versioning/shape.ts';
import { HttpFault } from '../../../../lib/http/http-fault.ts';
import { controlLocations, type TypeEncryption } from '../../../../objects/volume-type-specs.ts';
import { exactly } from '../../../pipeline/answer.ts';
import { done, ok, route } from '../../../pipeline/route.ts';
import type { VolumeFaceDeps } from '../deps.ts';
import { timeText } from '../wire.ts';

const words = { provider: t.String(), control_location: t.String(), cipher: nullable(t.String()), key_size: nullable(t.Integer()) };

const wordsOf = ({ provider, controlLocation, cipher, keySize }: TypeEncryption) => ({
  provider,
  control_location: controlLocation,
  cipher,
  key_size: keySize,
});

const whole = (encryption: TypeEncryption) => ({
  ...wordsOf(encryption),
  volume_type_id: encryption.typeId,
  encryption_id: encryption.id,
  created_at: timeText(encryption.createdAt),
  updated_at: timeText(encryption.updatedAt),
  deleted: false,
  deleted_at: null,
});

const path = '/types/{id}/encryption';

const show = route({
  method: 'GET',
  path,
  summary: 'Show how volumes of a type are to be encrypted; empty if they are not.',
  status: 200,
  answers: exactly(t.Record(t.String(), t.Unknown())),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    const found = await volumes.typeEncryption.show(ctx, params.id);
    return ok(found ? whole(found) : {});
  },
});

const showOne = route({
  method: 'GET',
  path: `${path}/{key}`,
  summary: 'Show a part of how volumes of a type are to be encrypted.',
  status: 200,
  answers: exactly(t.Record(t.String(), t.Unknown())),
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    const found = await volumes.typeEncryption.show(ctx, params.id);
    const value = found && new Map<string, unknown>(Object.entries(whole(found))).get(params.key);
    if (value === undefined) throw new HttpFault(404, 'The resource could not be found.');
    return ok({ [params.key]: value });
  },
});

const fields = {
  cipher: bodyField({ type: nullable(t.String({ maxLength: 255 })) }),
  key_size: bodyField({ type: nullable(t.Integer({ minimum: 0, maximum: 2 ** 31 - 1 })) }),
};
const provider = t.String({ minLength: 1, maxLength: 255 });
const location = stringEnum(controlLocations);

const create = route({
  method: 'POST',
  path,
  summary: 'Say how volumes of a type are to be encrypted.',
  body: requestBody(
    'encryption',
    {
      ...fields,
      provider: bodyField({ type: provider, required: true }),
      control_location: bodyField({ type: location, required: true }),
    },
    { tolerant: true },
  ),
  status: 200,
  answers: exactly(t.Object({ encryption: strictObject({ ...words, volume_type_id: t.String(), encryption_id: t.String() }) })),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const { provider: by, control_location: controlLocation, cipher = null, key_size: keySize = null } = body;
    const made = await volumes.typeEncryption.create(ctx, params.id, { provider: by, controlLocation, cipher, keySize });
    return ok({ encryption: { ...wordsOf(made), volume_type_id: made.typeId, encryption_id: made.id } });
  },
});

const update = route({
  method: 'PUT',
  path: `${path}/{key}`,
  summary: 'Change how volumes of a type are to be encrypted.',
  body: requestBody(
    'encryption',
    { ...fields, provider: bodyField({ type: provider }), control_location: bodyField({ type: location }) },
    { tolerant: true },
  ),
  status: 200,
  answers: exactly(t.Object({ encryption: strictObject(words) })),
  handle: async ({ ctx, params, body }, { volumes }: VolumeFaceDeps) => {
    const { provider: by, control_location: controlLocation, cipher, key_size: keySize } = body;
    const made = await volumes.typeEncryption.update(ctx, params.id, {
      ...(by === undefined ? {} : { provider: by }),
      ...(controlLocation === undefined ? {} : { controlLocation }),
      ...(cipher === undefined ? {} : { cipher }),
      ...(keySize === undefined ? {} : { keySize }),
    });
    return ok({ encryption: wordsOf(made) });
  },
});

const remove = route({
  method: 'DELETE',
  path: `${path}/{key}`,
  summary: 'Volumes of a type are no longer to be encrypted.',
  status: 202,
  handle: async ({ ctx, params }, { volumes }: VolumeFaceDeps) => {
    await volumes.typeEncryption.delete(ctx, params.id);
    return done();
  },
});

export const typeEncryptionRoutes = [show, create, showOne, update, remove];
