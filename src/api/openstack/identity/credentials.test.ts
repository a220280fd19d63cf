import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { signatureV2 } from '../../../lib/aws-signature/v2.ts';
import { claimInHeader, signatureV4, signingKey } from '../../../lib/aws-signature/v4.ts';
import { sessionOf } from './fixture/session.ts';
import { type StartedIdentity, startIdentity } from './fixture/start.ts';

type Session = Awaited<ReturnType<typeof sessionOf>>;

let identity: StartedIdentity;
let admin: Session;
let demo: Session;
beforeAll(async () => {
  identity = await startIdentity();
  admin = await sessionOf(identity.origin);
  demo = await sessionOf(identity.origin, 'demo');
});
afterAll(() => identity?.stop());

const KEYS = '/users/user-demo/credentials/OS-EC2';

const newKey = async () => (await demo('POST', KEYS, { tenant_id: 'project-demo' })).body.credential;

test('a user makes, sees and revokes their own access keys, which another user does not see', async () => {
  const made = await demo('POST', KEYS, { tenant_id: 'project-demo' });
  expect(made).toMatchObject({
    status: 201,
    body: {
      credential: {
        access: expect.stringMatching(/^[0-9a-f]{32}$/),
        secret: expect.stringMatching(/^[0-9a-f]{32}$/),
        user_id: 'user-demo',
        tenant_id: 'project-demo',
        trust_id: null,
      },
    },
  });
  const key = made.body.credential;
  expect((await demo('GET', KEYS)).body.credentials).toEqual([key]);
  expect((await demo('GET', `${KEYS}/${key.access}`)).body.credential).toEqual(key);
  expect((await admin('GET', `${KEYS}/${key.access}`)).body.credential).toEqual(key);
  expect((await demo('GET', '/users/user-admin/credentials/OS-EC2')).status).toBe(403);
  expect((await admin('GET', `/users/user-admin/credentials/OS-EC2/${key.access}`)).status).toBe(404);
  expect((await demo('DELETE', `${KEYS}/${key.access}`)).status).toBe(204);
  expect((await admin('GET', `${KEYS}/${key.access}`)).status).toBe(404);
  expect((await demo('GET', KEYS)).body.credentials).toEqual([]);
});

test('a key is made for a project in which its user has a role', async () => {
  expect((await demo('POST', KEYS, { tenant_id: 'project-admin' })).status).toBe(403);
  expect((await demo('POST', KEYS, { tenant_id: 'nowhere' })).status).toBe(400);
  expect((await demo('POST', KEYS, {})).status).toBe(400);
  expect((await demo('POST', '/users/user-admin/credentials/OS-EC2', { tenant_id: 'project-admin' })).status).toBe(403);
});

test('credentials of any type are kept, listed by their owner, changed and deleted', async () => {
  const blob = JSON.stringify({ access: 'mine', secret: 'very secret' });
  const made = await demo('POST', '/credentials', { credential: { type: 'ec2', blob, project_id: 'project-demo' } });
  expect(made).toMatchObject({ status: 201, body: { credential: { id: createHash('sha256').update('mine').digest('hex'), blob } } });
  expect((await demo('POST', '/credentials', { credential: { type: 'ec2', blob, project_id: 'project-demo' } })).status).toBe(409);
  for (const credential of [
    { type: 'ec2', blob },
    { type: 'ec2', blob: '{}', project_id: 'project-demo' },
  ])
    expect((await demo('POST', '/credentials', { credential })).status).toBe(400);
  const { id } = (await demo('POST', '/credentials', { credential: { type: 'totp', blob: 'abc' } })).body.credential;
  expect((await demo('GET', '/credentials?type=totp')).body.credentials).toMatchObject([{ id, blob: 'abc', user_id: 'user-demo' }]);
  expect((await demo('GET', '/credentials?user_id=user-admin')).status).toBe(403);
  expect((await admin('GET', '/credentials?type=totp')).body.credentials).toHaveLength(1);
  expect((await demo('PATCH', `/credentials/${id}`, { credential: { blob: 'def' } })).body.credential).toMatchObject({ blob: 'def' });
  expect((await demo('PATCH', `/credentials/${id}`, { credential: { user_id: 'user-admin' } })).status).toBe(403);
  const other = JSON.stringify({ access: 'other', secret: 's' });
  expect((await demo('PATCH', `/credentials/${made.body.credential.id}`, { credential: { blob: other } })).status).toBe(400);
  expect((await demo('GET', '/credentials/unknown')).status).toBe(403);
  expect((await admin('GET', '/credentials/unknown')).status).toBe(404);
  for (const one of [id, made.body.credential.id]) expect((await demo('DELETE', `/credentials/${one}`)).status).toBe(204);
});

test('what a credential holds is encrypted in the database, and bound to its row', async () => {
  const key = await newKey();
  const rows = await identity.db.selectFrom('credentials').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(key.secret);
  const other = await newKey();
  const [mine, theirs] = [key, other].map(({ access }) => createHash('sha256').update(access).digest('hex'));
  const sealed = rows.find(({ id }) => id === mine)?.sealed ?? '';
  await identity.db
    .updateTable('credentials')
    .set({ sealed })
    .where('id', '=', theirs ?? '')
    .execute();
  expect((await demo('GET', `${KEYS}/${other.access}`)).status).toBe(500);
  await identity.db.deleteFrom('credentials').execute();
});

/** A request of the EC2 API, signed by version 4 as clients do. */
function signedV4({ access, secret }: { access: string; secret: string }, at: Date) {
  const time = `${at.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const scope = `${time.slice(0, 8)}/RegionOne/ec2/aws4_request`;
  const body_hash = createHash('sha256').update('Action=DescribeInstances').digest('hex');
  const headers = { Host: 'cloud:8773', 'X-Amz-Date': time };
  const request = { method: 'POST', path: '/services/Cloud', query: [], headers: { host: 'cloud:8773', 'x-amz-date': time } };
  const authorization = (signature: string) =>
    `AWS4-HMAC-SHA256 Credential=${access}/${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`;
  const claim = claimInHeader(authorization('0'.repeat(64)), time);
  if (!claim) throw new Error('the claim is well formed');
  const signature = signatureV4(request, claim, signingKey(secret, claim.scope), body_hash);
  const told = { access, signature, host: 'cloud:8773', verb: 'POST', path: '/services/Cloud', body_hash, params: {} };
  return { ...told, headers: { ...headers, Authorization: authorization(signature) } };
}

test('a service learns who signed a request; an altered, old or foreign one is refused', async () => {
  const key = await newKey();
  const told = signedV4(key, new Date());
  const answer = await admin('POST', '/ec2tokens', { credentials: told });
  expect(answer).toMatchObject({
    status: 200,
    body: { token: { methods: ['ec2credential'], user: { id: 'user-demo' }, project: { id: 'project-demo' } } },
  });
  expect(answer.headers.get('x-subject-token')).toBeTruthy();
  const refused = async (credentials: object) => (await admin('POST', '/ec2tokens', { credentials })).status;
  expect(await refused({ ...told, path: '/' })).toBe(401);
  expect(await refused({ ...told, body_hash: createHash('sha256').update('Action=TerminateInstances').digest('hex') })).toBe(401);
  expect(await refused({ ...told, signature: '0'.repeat(64) })).toBe(401);
  expect(await refused(signedV4(key, new Date(Date.now() - 16 * 60_000)))).toBe(401);
  expect(await refused(signedV4({ ...key, secret: 'guessed' }, new Date()))).toBe(401);
  expect(await refused({ ...told, access: 'unknown' })).toBe(404);
  expect(await refused({ access: key.access, signature: 'x' })).toBe(401);
  expect((await demo('POST', '/ec2tokens', { credentials: told })).status).toBe(403);
  expect((await admin('POST', '/ec2tokens', {})).status).toBe(400);
});

test('version 2, with and without the port of the host; the key ends with the roles of its user', async () => {
  const key = await newKey();
  const params = { Action: 'DescribeInstances', SignatureVersion: '2', SignatureMethod: 'HmacSHA256', Timestamp: new Date().toISOString() };
  for (const host of ['cloud', 'cloud:8773']) {
    const signature = signatureV2({ method: 'GET', path: '/', query: Object.entries(params), headers: { host } }, key.secret);
    const told = { access: key.access, signature, host: 'cloud:8773', verb: 'GET', path: '/', params };
    expect((await admin('POST', '/ec2tokens', { ec2Credentials: told })).status).toBe(200);
  }
  const text = `AWS4-HMAC-SHA256\n20260101T000000Z\n20260101/r/s3/aws4_request\nhash`;
  const s3 = { access: key.access, signature: 'no', token: Buffer.from(text).toString('base64') };
  expect((await admin('POST', '/s3tokens', { credentials: s3 })).status).toBe(401);
  await admin('PATCH', '/users/user-demo', { user: { enabled: false } });
  const signature = signatureV2({ method: 'GET', path: '/', query: Object.entries(params), headers: { host: 'h' } }, key.secret);
  const told = { access: key.access, signature, host: 'h', verb: 'GET', path: '/', params };
  expect((await admin('POST', '/ec2tokens', { credentials: told })).status).toBe(401);
  await admin('PATCH', '/users/user-demo', { user: { enabled: true } });
  await admin('DELETE', '/projects/project-demo');
  expect(await identity.db.selectFrom('credentials').selectAll().execute()).toEqual([]);
});
