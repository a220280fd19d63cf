import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../src/api/pipeline/route.ts';
import { seededIds } from '../../src/lib/clock/ids.ts';
import { live, type Microversion } from '../../src/lib/versioning/microversion.ts';
import { fits } from '../../src/lib/versioning/validation.ts';
import { allRows, changedTables } from '../support/all-rows.ts';
import { type ApiTable, apiTables, thingsIn } from '../support/api-tables.ts';
import type { Answer } from '../support/ask.ts';
import { type Belongings, makeBelongings } from '../support/belongings.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { type CloudClient, logIn } from '../support/cloud-client.ts';
import { sampleOf } from '../support/schema-samples.ts';

/** Paths that name a project's things, by the first thing in them. */
const walked = apiTables.flatMap((table) =>
  table.routes.flatMap((route) => {
    const [first] = thingsIn(table.service, route.path);
    return first ? [{ table, route, first: first.thing, title: titleOf(table, route) }] : [];
  }),
);

function titleOf({ service, mount }: ApiTable, { method, path, action, summary }: Route<never>): string {
  return `${service} ${method} ${mount}${path} ${action ?? ''} (${summary})`;
}

/** Removed APIs answer the same whatever the names in their paths. */
const isGone = ({ table, route }: Walked): boolean => route.statusAt(newest(table, route)) === 410;

type Walked = Pick<(typeof walked)[number], 'table' | 'route'>;

function newest({ versions }: ApiTable, route: Route<never>): Microversion {
  const at = versions.findLast((version) => live(route, version)) ?? versions[0];
  if (!at) throw new Error('every API has a version');
  return at;
}

/** Whether a version of its table serves it: the legacy API has only the oldest version. */
const isServed = ({ table, route }: Walked): boolean => table.versions.some((version) => live(route, version));

/** Paths with the same answer for everyone. */
const ANSWERS_ALL = new Set(['GET /os-quota-sets/{id}/defaults']);
/** Refused for everyone before the caller is checked, or whoever lacks the key. */
const REFUSES_ALL = /^\/system\/users\/|transfers?\/\{id\}\/accept$/;

/** Bodies that must match the path, or have their own content type. */
const BODIES: Readonly<Record<string, readonly [body: unknown, type?: string]>> = {
  'PUT /servers/{id}/metadata/{key}': [{ meta: { a: 'c' } }],
  'PUT /images/{id}/metadata/{key}': [{ meta: { a: 'c' } }],
  'PUT /flavors/{id}/os-extra_specs/{key}': [{ a: 'c' }],
  'PUT /attachments/{id}': [{ attachment: { connector: { host: 'h' } } }],
  'PATCH /v2/images/{id}': [[{ op: 'replace', path: '/name', value: 'mine' }], 'application/openstack-images-v2.1-json-patch'],
  'PUT /v2/images/{id}/file': ['data', 'application/octet-stream'],
};

let cloud: Cloud;
let stranger: CloudClient;
let theirs: Belongings;
let before: Readonly<Record<string, string>>;

beforeAll(async () => {
  cloud = await startCloud();
  const [owner, admin] = await Promise.all([cloud.demo(), cloud.admin()]);
  theirs = await makeBelongings(owner, admin);
  stranger = await newMember(admin);
  // A project's default group is created when the project first lists its groups.
  await stranger.ask('network', 'GET', '/v2.0/security-groups');
  before = await allRows(cloud);
});
afterAll(() => cloud?.destroy());

/** A user with a project of its own. */
async function newMember(admin: CloudClient): Promise<CloudClient> {
  const made = async (path: string, body: object) =>
    Object.values<{ id: string }>((await admin.ask('identity', 'POST', path, body)).body)[0]?.id;
  const project = await made('/v3/projects', { project: { name: 'stranger' } });
  const user = await made('/v3/users', { user: { name: 'stranger', password: 'stranger' } });
  const { roles } = (await admin.ask('identity', 'GET', '/v3/roles?name=member')).body;
  await admin.ask('identity', 'PUT', `/v3/projects/${project}/users/${user}/roles/${roles[0].id}`);
  return await logIn(cloud.url, { username: 'stranger', password: 'stranger', project: 'stranger' });
}

test('the walk knows the thing behind every name in every path', () => {
  const unknown = walked
    .filter((one) => !isGone(one))
    .flatMap(({ table, route }) => thingsIn(table.service, route.path).map(({ thing }) => thing))
    .filter((thing) => !(thing in theirs));
  expect([...new Set(unknown)]).toEqual([]);
});

describe('to a member of another project', () => {
  test.each(walked.filter((one) => !isGone(one) && isServed(one)))('$title is as if it were not there', async ({ table, route, first }) => {
    if (theirs[first]?.isPrivate !== true) return;
    const answer = await asStranger(table, route);
    if (ANSWERS_ALL.has(`${route.method} ${route.path}`)) return;
    const refusals = REFUSES_ALL.test(route.path) ? [400, 403, 404] : [403, 404];
    expect(refusals, JSON.stringify(answer.body)).toContain(answer.status);
    expect(leaksIn(answer)).toEqual([]);
  });

  test('no list shows any of their things', async () => {
    const lists = apiTables.flatMap((table) =>
      table.routes.filter(({ method, path }) => method === 'GET' && !path.includes('{')).map((route) => ({ table, route })),
    );
    for (const { table, route } of lists) {
      const answer = await asStranger(table, route);
      expect([route.path, leaksIn(answer)]).toEqual([route.path, []]);
    }
  });
});

test('afterwards nothing has changed', async () => {
  expect(changedTables(before, await allRows(cloud))).toEqual([]);
});

/** Sends a valid request: real names, a valid body, the newest version of the route. */
async function asStranger(table: ApiTable, route: Route<never>): Promise<Answer> {
  const { service, mount, versions } = table;
  const [body, type] = BODIES[`${route.method} ${route.path}`] ?? [bodyFor(table, route)];
  const path = thingsIn(service, route.path).reduce(
    (text, { name, thing }) => text.replace(`{${name}}`, encodeURIComponent(theirs[thing]?.id ?? '')),
    route.path,
  );
  const headers = {
    ...(versions.length > 1 ? { 'openstack-api-version': `${service} ${newest(table, route).version}` } : {}),
    ...(type === undefined ? {} : { 'content-type': type }),
  };
  return await stranger.ask(service, route.method, `${mount}${path}`, body, headers);
}

/** A valid body; the same one each time. */
function bodyFor(table: ApiTable, route: Route<never>): unknown {
  if (!route.body) return undefined;
  const schema = route.body.schemaAt(newest(table, route));
  const chance = seededIds(7);
  const samples = Array.from({ length: 200 }, () => sampleOf(schema, chance));
  return samples.find((sample) => fits(schema, sample));
}

/** The other project's values in an answer; values from the request's own path may be repeated. */
function leaksIn({ body }: Answer): string[] {
  const text = JSON.stringify(body ?? '');
  const asked = new Set(Object.values(theirs).map(({ id }) => id));
  const hidden = Object.values(theirs).flatMap(({ id, isPrivate }) => (isPrivate ? [id] : []));
  const secrets = ['10.97.0', 'fa:16:3e', '"theirs"', ...hidden.filter((id) => id.length > 30)];
  const isError = /"(message|error)"/.test(text) && text.length < 2_000;
  // A refusal names only what was requested.
  return secrets.filter((secret) => text.includes(secret) && !(isError && asked.has(secret)));
}
