/** A user of a cloud under test, over HTTP: logs in with the cloud's openrc files, and can call any service. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PortName } from '../../src/cmd/nova-config.ts';
import { type Answer, ask } from './ask.ts';
import { until } from './until.ts';

/** A logged-in user. */
export interface CloudClient {
  readonly token: string;
  readonly projectId: string;
  readonly userId: string;
  ask(service: PortName, method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Boots a server from the tiny image; returns its id. Fails unless the answer is 202. */
  boot(server: Readonly<Record<string, unknown>>): Promise<string>;
  /** The server as the API shows it. */
  // oxlint-disable-next-line typescript/no-explicit-any
  server(id: string): Promise<any>;
  /** Waits until a server has come to rest (no task, not building); fails after `timeoutMs`. */
  // oxlint-disable-next-line typescript/no-explicit-any
  settled(id: string, timeoutMs?: number): Promise<any>;
  /** Deletes a server and waits until it is gone. */
  remove(id: string, timeoutMs?: number): Promise<void>;
}

/** What a login needs. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly project: string;
}

const SETTLE_TIMEOUT_MS = 60_000;

/** Reads the credentials that a cloud wrote into `openrc` or `openrc-demo`. */
export async function credentialsIn(stateDir: string, file: 'openrc' | 'openrc-demo'): Promise<Credentials> {
  const text = await readFile(join(stateDir, file), 'utf8');
  const of = (name: string) => new RegExp(`^export ${name}=['"]?([^'"\\n]*)['"]?$`, 'm').exec(text)?.[1] ?? '';
  return { username: of('OS_USERNAME'), password: of('OS_PASSWORD'), project: of('OS_PROJECT_NAME') };
}

/** Logs in; the client's token survives restarts of the cloud. */
export async function logIn(url: (service: PortName) => string, { username, password, project }: Credentials): Promise<CloudClient> {
  const domain = { name: 'Default' };
  const identity = { methods: ['password'], password: { user: { name: username, domain, password } } };
  const answer = await ask(`${url('identity')}/v3/auth/tokens`, 'POST', {
    auth: { identity, scope: { project: { name: project, domain } } },
  });
  if (answer.status !== 201) throw new Error(`login of ${username} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  const token = answer.headers.get('x-subject-token') ?? '';
  return clientOf(url, { token, projectId: answer.body.token.project.id, userId: answer.body.token.user.id });
}

function clientOf(
  url: (service: PortName) => string,
  who: { readonly token: string; readonly projectId: string; readonly userId: string },
): CloudClient {
  const askService: CloudClient['ask'] = (service, method, path, body, headers = {}) =>
    ask(`${url(service)}${path}`, method, body, { 'x-auth-token': who.token, ...headers });
  const server: CloudClient['server'] = async (id) => (await askService('compute', 'GET', `/v2.1/servers/${id}`)).body.server;
  const settled: CloudClient['settled'] = async (id, timeoutMs = SETTLE_TIMEOUT_MS) => {
    let last: Awaited<ReturnType<CloudClient['server']>>;
    const isSettled = async () => {
      last = await server(id);
      return last !== undefined && last.status !== 'BUILD' && last['OS-EXT-STS:task_state'] === null;
    };
    await until(isSettled, { what: `server ${id} is at rest`, timeoutMs }).catch((cause: unknown) => {
      throw new Error(`the server stays as it is: ${JSON.stringify(last)}`, { cause });
    });
    return last;
  };
  const boot: CloudClient['boot'] = async (wanted) => {
    const images = await askService('image', 'GET', '/v2/images?name=tiny');
    const flavors = await askService('compute', 'GET', '/v2.1/flavors');
    const flavorRef = flavors.body.flavors.find(({ name }: { name: string }) => name === 'm1.nano').id;
    const answer = await askService('compute', 'POST', '/v2.1/servers', {
      server: { name: 'test', imageRef: images.body.images[0].id, flavorRef, ...wanted },
    });
    if (answer.status !== 202) throw new Error(`boot was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return answer.body.server.id;
  };
  const remove: CloudClient['remove'] = async (id, timeoutMs = SETTLE_TIMEOUT_MS) => {
    const answer = await askService('compute', 'DELETE', `/v2.1/servers/${id}`);
    if (answer.status !== 204) throw new Error(`delete was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    const isGone = async () => {
      const { status, body } = await askService('compute', 'GET', `/v2.1/servers/${id}`);
      return status === 404 || body.server?.status === 'DELETED';
    };
    await until(isGone, { what: `server ${id} is gone`, timeoutMs });
  };
  return { ...who, ask: askService, boot, server, settled, remove };
}
