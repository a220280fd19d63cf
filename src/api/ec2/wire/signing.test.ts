/** The EC2 face behind stranger requests: only signatures, forms and faults; the actions have real clients. */
import { createHash } from 'node:crypto';
import { array, assert, asyncProperty, constantFrom, string, tuple } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { amzTime } from '../../../../test/support/s3-client.ts';
import { AccessKeyApi } from '../../../identity/access-key-api.ts';
import { BuiltinIdentity } from '../../../identity/drivers/builtin/driver.ts';
import { BuiltinTokens } from '../../../identity/drivers/builtin/tokens.ts';
import { signatureV2 } from '../../../lib/aws-signature/v2.ts';
import { claimInHeader, signatureV4, signingKey } from '../../../lib/aws-signature/v4.ts';
import { systemClock } from '../../../lib/clock/clock.ts';
import { systemIds } from '../../../lib/clock/ids.ts';
import { createHttpServer, type HttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { sessionOf } from '../../openstack/identity/fixture/session.ts';
import { type StartedIdentity, startIdentity } from '../../openstack/identity/fixture/start.ts';
import { mountFace } from '../../pipeline/mount-face.ts';
import { routesOf } from '../action.ts';
import type { Ec2Deps } from '../deps.ts';
import { ec2Face } from './face.ts';
import { bySignature } from './identify.ts';
import { pageOf } from './paging.ts';

let identity: StartedIdentity;
let server: HttpServer;
let url: string;
let key: { access: string; secret: string };
beforeAll(async () => {
  identity = await startIdentity();
  const { db } = identity;
  const driver = new BuiltinIdentity(db);
  const tokens = new BuiltinTokens({ db, ids: systemIds, driver, clock: systemClock, tokenSeconds: 3_600, rotateSeconds: 86_400 });
  const accessKeys = new AccessKeyApi({ db, ids: systemIds, driver, tokens });
  const admin = await sessionOf(identity.origin);
  key = (await admin('POST', '/users/user-demo/credentials/OS-EC2', { tenant_id: 'project-demo' })).body.credential;
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: systemIds });
  const routes = routesOf({
    name: 'Echo',
    summary: 'Say what came.',
    policy: 'any',
    run: async (asked) => {
      const all = Array.from({ length: 12 }, (_, n) => ({ id: `i-${n}` }));
      const { items, nextToken } = pageOf(asked, all, ({ id }) => id, 'InstanceId');
      const filters = asked.filters.map(({ name, values }) => `${name}=${values.join('|')}`).join(';');
      return { project: asked.ctx.projectId, list: asked.list('X').join(','), filters, items: items.length, nextToken };
    },
  });
  const face = ec2Face(bySignature({ accessKeys, clock: systemClock }), new Set(['Echo']));
  // Seam: the only action uses nothing of them.
  mountFace(server, { path: '/services/Cloud', routes, deps: {} as Ec2Deps, log: silentLog, face, idHeaders: () => ({}) });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(async () => {
  await server?.close();
  await identity?.stop();
});

interface Sent {
  readonly form: string;
  readonly sent?: string;
  readonly at?: Date;
  readonly secret?: string;
  readonly service?: string;
}

/** A form, signed by version 4. */
async function post({ form, sent = form, at = new Date(), secret = key.secret, service = 'ec2' }: Sent) {
  const time = amzTime(at);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-amz-date': time };
  const authorization = (signature: string) =>
    `AWS4-HMAC-SHA256 Credential=${key.access}/${time.slice(0, 8)}/nova/${service}/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=${signature}`;
  const claim = claimInHeader(authorization('0'.repeat(64)), time);
  if (!claim) throw new Error('the claim is well formed');
  const request = { method: 'POST', path: '/services/Cloud', query: [], headers: { ...headers, host: new URL(url).host } };
  const signature = signatureV4(request, claim, signingKey(secret, claim.scope), createHash('sha256').update(form).digest('hex'));
  return await answerTo(`${url}/services/Cloud`, {
    method: 'POST',
    headers: { ...headers, authorization: authorization(signature) },
    body: sent,
  });
}

async function answerTo(where: string, init: RequestInit) {
  const answer = await fetch(where, init);
  const text = await answer.text();
  return { status: answer.status, text, code: /<Code>([\w.]+)<\/Code>/.exec(text)?.[1] };
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

test('a form is read by its numbers, and answered for the project of the key', async () => {
  const { status, text } = await post({
    form: 'Action=Echo&Version=2016-11-15&X.2=b&X.10=c&X.1=a&Filter.1.Name=n&Filter.1.Value.1=v&Filter.1.Value.2=%3C',
  });
  expect(status).toBe(200);
  expect(text).toContain('<EchoResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>req-');
  expect(text).toContain('<project>project-demo</project><list>a,b,c</list><filters>n=v|&lt;</filters>');
});

test('pages: a token leads on, and one that nobody gave is refused', async () => {
  const first = await post({ form: 'Action=Echo&MaxResults=7' });
  const token = /<nextToken>([^<]+)</.exec(first.text)?.[1];
  expect(first.text).toContain('<items>7</items>');
  const second = await post({ form: `Action=Echo&MaxResults=7&NextToken=${token}` });
  expect([second.text.includes('<items>5</items>'), second.text.includes('nextToken')]).toEqual([true, false]);
  for (const [form, code] of [
    ['NextToken=x', 'InvalidParameterValue'],
    ['MaxResults=4', 'InvalidParameterValue'],
    ['MaxResults=x', 'InvalidParameterValue'],
    ['MaxResults=7&InstanceId.1=i', 'InvalidParameterCombination'],
    ['DryRun=true', 'DryRunOperation'],
    ['DryRun=maybe', 'InvalidParameterValue'],
    ['Filter.1.Value.1=x', 'MissingParameter'],
    ['X.1=a%00', 'InvalidParameterValue'],
  ] as const)
    expect((await post({ form: `Action=Echo&${form}` })).code).toBe(code);
  expect((await post({ form: 'Action=Fly' })).code).toBe('InvalidAction');
  expect((await post({ form: 'X=1' })).code).toBe('MissingParameter');
});

test('an altered, old or foreign signature is refused', async () => {
  const form = 'Action=Echo';
  for (const sent of [
    { form, sent: 'Action=Echo&X.1=b' },
    { form, at: minutesAgo(16) },
    { form, at: minutesAgo(-16) },
    { form, secret: 'guessed' },
    { form, service: 's3' },
  ]) {
    const { status, code } = await post(sent);
    expect([status, code]).toEqual([401, 'AuthFailure']);
  }
  for (const init of [{}, { headers: { authorization: 'Basic x' } }])
    expect((await answerTo(`${url}/services/Cloud?Action=Echo`, init)).code).toBe('AuthFailure');
});

/** A query, signed by version 2. */
const get = async (more: Record<string, string>, secret = key.secret) => {
  const params = {
    Action: 'Echo',
    AWSAccessKeyId: key.access,
    SignatureVersion: '2',
    SignatureMethod: 'HmacSHA1',
    Version: '2013-02-01',
    ...more,
  };
  const request = { method: 'GET', path: '/services/Cloud', query: Object.entries(params), headers: { host: new URL(url).host } };
  const query = new URLSearchParams({ ...params, Signature: signatureV2(request, secret) ?? '' });
  return await answerTo(`${url}/services/Cloud?${query}`, {});
};

test('version 2 in a query, as old tools send it', async () => {
  expect((await get({ Timestamp: new Date().toISOString() })).status).toBe(200);
  expect((await get({ Expires: minutesAgo(-1).toISOString() })).status).toBe(200);
  // A repetition would be carried out again.
  expect((await get({ Timestamp: new Date().toISOString(), ClientToken: 'once' })).code).toBe('InvalidParameterCombination');
  for (const refused of [
    get({ Timestamp: new Date().toISOString() }, 'guessed'),
    get({ Timestamp: minutesAgo(6).toISOString() }),
    get({ Expires: minutesAgo(1).toISOString() }),
    get({ Timestamp: 'now' }),
    get({}),
    get({ Timestamp: new Date().toISOString(), SignatureVersion: '1' }),
    get({ Timestamp: new Date().toISOString(), SignatureMethod: 'MD5' }),
  ])
    expect((await refused).code).toBe('AuthFailure');
});

test('whatever a form says, the answer is no failure of the service', { timeout: 60_000 }, async () => {
  const names = constantFrom(
    'Action',
    'DryRun',
    'X.1',
    'X.x',
    'Filter.1.Name',
    'Filter.1.Value.1',
    'Filter.999999999.Name',
    'MaxResults',
    'NextToken',
    '__proto__',
    'constructor',
  );
  const form = array(tuple(names, string({ unit: 'binary', maxLength: 20 })), { maxLength: 6 });
  await assert(
    asyncProperty(form, async (pairs) => {
      const { status, text } = await post({ form: `Action=Echo&${new URLSearchParams(pairs)}` });
      expect(status, text).toBeLessThan(500);
    }),
    { numRuns: 200 },
  );
});
