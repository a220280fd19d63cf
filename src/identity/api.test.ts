import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { seededIds } from '../lib/clock/ids.ts';
import { ManualClock } from '../lib/clock/manual-clock.ts';
import { IdentityApi, type Proof, type Scope } from './api.ts';
import { BuiltinIdentity } from './drivers/builtin/driver.ts';
import { hashPassword } from './drivers/builtin/password-hash.ts';
import { AuthenticationFailed, TokenNotFound } from './errors.ts';

const HOUR_MS = 3_600_000;
const domain = { id: 'default' };

let database: TestDatabase;
let clock: ManualClock;
let identity: IdentityApi;
let hashes: Readonly<Record<string, string>>;

const anotherProcess = (seed = 7) =>
  new IdentityApi({ driver: new BuiltinIdentity(database.db), db: database.db, clock, ids: seededIds(seed), tokenSeconds: 3_600 });

beforeAll(async () => {
  database = await createTestDatabase();
  hashes = { ann: await hashPassword('ann'), ben: await hashPassword('ben') };
});
afterAll(async () => {
  await database?.drop();
});

/** Ann is member of web and admin of lab, ben is nobody's; their passwords are their names. */
beforeEach(async () => {
  const { db } = database;
  for (const table of ['role_assignments', 'revoked_tokens', 'token_keys', 'users', 'projects', 'roles', 'domains'] as const)
    await db.deleteFrom(table).execute();
  await db.insertInto('domains').values({ id: 'default', name: 'Default', description: '', enabled: true }).execute();
  const projects = ['web', 'lab'].map((name) => ({ id: `p-${name}`, domain_id: 'default', name, description: '', enabled: true }));
  await db.insertInto('projects').values(projects).execute();
  const users = ['ann', 'ben'].map((name) => ({
    id: `u-${name}`,
    domain_id: 'default',
    name,
    password_hash: hashes[name] ?? null,
    default_project_id: name === 'ann' ? 'p-web' : null,
    email: null,
    enabled: true,
  }));
  await db.insertInto('users').values(users).execute();
  await db
    .insertInto('roles')
    .values(['admin', 'member'].map((name) => ({ id: `r-${name}`, name })))
    .execute();
  const granted = [
    { user_id: 'u-ann', project_id: 'p-web', role_id: 'r-member' },
    { user_id: 'u-ann', project_id: 'p-lab', role_id: 'r-admin' },
  ];
  await db.insertInto('role_assignments').values(granted).execute();
  clock = new ManualClock();
  identity = anotherProcess();
});

const password = (name: string, text = name): Proof => ({ method: 'password', user: { name, domain }, password: text });
const logIn = (scope: Scope = 'default', name = 'ann') => identity.authenticate([password(name)], scope);
const project = (name: string): Scope => ({ project: { name, domain } });

test('a password gives a token for the project that was asked for', async () => {
  const token = await logIn(project('lab'));
  expect(token).toMatchObject({ user: { id: 'u-ann', domain: { name: 'Default' } }, project: { id: 'p-lab' }, methods: ['password'] });
  expect(token.roles.map(({ name }) => name)).toEqual(['admin']);
  expect(token.expiresAt.getTime() - token.issuedAt.getTime()).toBe(HOUR_MS);
  expect(await identity.check(token.text)).toMatchObject(token);
});

test('without a scope the default project counts, unless none is wanted or there is none', async () => {
  expect((await logIn()).project?.id).toBe('p-web');
  expect(await logIn('unscoped')).toMatchObject({ project: null, roles: [] });
  expect((await logIn('default', 'ben')).project).toBeNull();
});

test.each<[string, readonly Proof[], Scope]>([
  ['a wrong password', [password('ann', 'Ann')], 'default'],
  ['an unknown user', [password('eve')], 'default'],
  ['an unknown domain', [{ method: 'password', user: { name: 'ann', domain: { name: 'Other' } }, password: 'ann' }], 'default'],
  ['no proof', [], 'default'],
  ['a token that is none', [{ method: 'token', token: 'x.y.z' }], 'default'],
  ['proofs of two people', [password('ann'), password('ben')], 'default'],
  ['an unknown project', [password('ann')], project('none')],
  ['a project without a role there', [password('ben')], project('web')],
])('%s is refused in the same words as any other', async (_what, proofs, scope) => {
  await expect(identity.authenticate(proofs, scope)).rejects.toSatisfy(AuthenticationFailed.is);
});

test('a token for a token does not live longer', async () => {
  const first = await logIn();
  await clock.advance(HOUR_MS / 2);
  const second = await identity.authenticate([{ method: 'token', token: first.text }], project('lab'));
  expect([second.expiresAt, second.methods, second.project?.id]).toEqual([first.expiresAt, ['token'], 'p-lab']);
  await clock.advance(HOUR_MS / 2);
  expect(await identity.check(second.text)).toBeUndefined();
});

test('a token that was taken back is none at once, in every process; others of the user stay', async () => {
  const [gone, kept] = [await logIn(), await logIn()];
  await identity.revoke(gone.text);
  await identity.revoke(gone.text);
  expect([await anotherProcess().check(gone.text), (await identity.check(kept.text))?.user.id]).toEqual([undefined, 'u-ann']);
  await expect(identity.revoke('x.y.z')).rejects.toSatisfy(TokenNotFound.is);
});

test.each([
  ['the user', () => database.db.updateTable('users').set({ enabled: false })],
  ['the project', () => database.db.updateTable('projects').set({ enabled: false })],
  ['the domain', () => database.db.updateTable('domains').set({ enabled: false })],
  ['the role', () => database.db.deleteFrom('role_assignments')],
])('a token is none any more once %s is gone', async (_what, change) => {
  const token = await logIn();
  await change().execute();
  expect(await identity.check(token.text)).toBeUndefined();
});

test('roles are those of now, not those of the login', async () => {
  const token = await logIn();
  await database.db.insertInto('role_assignments').values({ user_id: 'u-ann', project_id: 'p-web', role_id: 'r-admin' }).execute();
  expect((await identity.check(token.text))?.roles.map(({ name }) => name)).toEqual(['admin', 'member']);
});

test('a new key signs, older ones still check, and a process learns of them within half a minute', async () => {
  const old = await logIn();
  const key = { id: 'new', secret: 'ab'.repeat(32), created_at: new Date('2100-01-01T00:00:00Z') };
  await database.db.insertInto('token_keys').values(key).execute();
  const fresh = await anotherProcess().authenticate([password('ann')], 'default');
  await clock.advance(30_001);
  expect([await identity.check(fresh.text), await identity.check(old.text)].map((token) => token?.user.id)).toEqual(['u-ann', 'u-ann']);
  await database.db.deleteFrom('token_keys').where('id', '<>', 'new').execute();
  expect(await anotherProcess().check(old.text)).toBeUndefined();
});

test('processes that start at once agree on one key', async () => {
  const processes = Array.from({ length: 5 }, (_, index) => anotherProcess(index + 1));
  const tokens = await Promise.all(processes.map((one) => one.authenticate([password('ann')], 'default')));
  for (const one of processes) for (const { text } of tokens) expect((await one.check(text))?.user.id).toBe('u-ann');
});

test('a context knows who asks, with the lesser roles that a role brings', async () => {
  const lab = await identity.contextOf((await logIn(project('lab'))).text, 'req-7');
  expect(lab).toEqual({
    requestId: 'req-7',
    userId: 'u-ann',
    userName: 'ann',
    projectId: 'p-lab',
    projectName: 'lab',
    domainId: 'default',
    roles: ['admin', 'manager', 'member', 'reader'],
    isAdmin: true,
  });
  const web = await identity.contextOf((await logIn()).text, 'req-8');
  expect([web.roles, web.isAdmin]).toEqual([['member', 'reader'], false]);
  await expect(identity.contextOf(undefined, 'req-9')).rejects.toSatisfy(AuthenticationFailed.is);
});

test('a pass for a host stands for the user and ends soon', async () => {
  const ctx = await identity.contextOf((await logIn()).text, 'req-1');
  const pass = await identity.issueFor(ctx, 60);
  expect(await identity.check(pass)).toMatchObject({ user: { id: 'u-ann' }, project: { id: 'p-web' }, methods: ['token'] });
  await clock.advance(60_000);
  expect(await identity.check(pass)).toBeUndefined();
});

test('the projects of a user are those where they have a role', async () => {
  expect((await identity.projectsOf('u-ann')).map((one) => one?.name)).toEqual(['lab', 'web']);
  expect(await identity.projectsOf('u-ben')).toEqual([]);
});
