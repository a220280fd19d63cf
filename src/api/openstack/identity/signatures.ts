import { type Static, Type as t } from '@sinclair/typebox';
import { bodyObject } from '../../../lib/versioning/body-object.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { bodyField } from '../../../lib/versioning/shape.ts';
import { InvalidInput } from '../../../lib/versioning/validation.ts';
import type { Token } from '../../../objects/principal.ts';
import { exactly } from '../../pipeline/answer.ts';
import { ok, route } from '../../pipeline/route.ts';
import type { IdentityFaceDeps as Deps } from './deps.ts';
import { checkOf, checkOfText } from './signed-by.ts';
import { tokenView } from './tokens.ts';

const key = t.String({ minLength: 1, maxLength: 255 });
const long = t.String({ maxLength: 65_536 });
const texts = t.Record(t.String(), long);

const told = t.Object({
  access: key,
  signature: key,
  host: t.Optional(t.String({ maxLength: 512 })),
  verb: t.Optional(t.String({ maxLength: 16 })),
  path: t.Optional(long),
  params: t.Optional(texts),
  headers: t.Optional(texts),
  body_hash: t.Optional(key),
});
const signedText = t.Object({ access: key, signature: key, token: long });

const answers = exactly(t.Object({ token: t.Unknown() }));
const tokenAnswer = (token: Token, deps: Deps) => ok({ token: tokenView(token, deps) }, { headers: { 'X-Subject-Token': token.text } });

/** The credentials in either of the two places that clients put them. */
function inEither<T>(body: { readonly credentials?: T; readonly ec2Credentials?: T }): T {
  const found = body.credentials ?? body.ec2Credentials;
  if (!found) throw InvalidInput({ message: 'Expecting to find credentials in the body.' });
  return found;
}

type Told = Static<typeof told>;

/** Services that get signed requests ask here who signed them. Open to services and admins: others could try out keys. */
export const signatureRoutes = [
  route({
    method: 'POST',
    path: '/ec2tokens',
    summary: 'Issue a token for a signed EC2 request.',
    policy: 'identity:validate_signature',
    body: plainBody(bodyObject({ credentials: bodyField({ type: told }), ec2Credentials: bodyField({ type: told }) })),
    status: 200,
    answers,
    handle: async ({ body }, deps: Deps) => {
      const request: Told = inEither(body);
      return tokenAnswer(await deps.accessKeys.tokenFor(request.access, checkOf(request, deps.clock.now())), deps);
    },
  }),
  route({
    method: 'POST',
    path: '/s3tokens',
    summary: 'Issue a token for a signed S3 request.',
    policy: 'identity:validate_signature',
    body: plainBody(bodyObject({ credentials: bodyField({ type: signedText, required: true }) })),
    status: 200,
    answers,
    handle: async ({ body }, deps: Deps) => {
      const { access, signature, token } = body.credentials;
      const text = Buffer.from(token, 'base64').toString('utf8');
      return tokenAnswer(await deps.accessKeys.tokenFor(access, checkOfText(text, signature)), deps);
    },
  }),
];
