import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { systemClock } from '../src/lib/clock/clock.ts';
import { systemIds } from '../src/lib/clock/ids.ts';
import { takePortOffset } from '../demo/free-ports.ts';
import type { Question } from './load.ts';

/** A cloud with simulated hosts and without quotas, in a process of its own. */
export interface BenchCloud {
  readonly pid: number;
  /** Seconds from its start until it was ready. */
  readonly readySeconds: number;
  /** A request to the compute API as admin. */
  compute(question: Omit<Question, 'url' | 'headers'> & { readonly path: string }): Question;
  /** Validates the token, as every OpenStack service does with those of its callers. */
  readonly tokenCheck: Question;
  url(service: string): string;
  readonly token: string;
  stop(): Promise<void>;
}

const NO_QUOTAS = '[quota]\ninstances = -1\ncores = -1\nram = -1\n[quotas]\nquota_port = -1\n';
const POLL_MS = 10;

export const newStateDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'nova-bench-'));

/** Starts a cloud on a new or used state directory. */
export async function startCloud(stateDir: string, { hosts = 1 }: { readonly hosts?: number } = {}): Promise<BenchCloud> {
  const config = join(stateDir, 'bench.conf');
  await writeFile(config, NO_QUOTAS);
  const env = {
    ...process.env,
    NOVA_STATE_DIR: stateDir,
    NOVA_PORT_OFFSET: String(await takePortOffset('127.0.0.1', systemIds)),
    NOVA_VIRT_DRIVER: 'fake',
    NOVA_FAKE_HOSTS: String(hosts),
    NOVA_CONFIG: config,
  };
  const startMs = systemClock.monotonicMs();
  const child = spawn(join(import.meta.dirname, '..', 'bin', 'nova-ts'), ['all'], { env, stdio: 'ignore' });
  const ready = await readyFile(stateDir, child);
  const readySeconds = (systemClock.monotonicMs() - startMs) / 1_000;
  const { token, authUrl } = await signIn(stateDir);
  const url = (service: string): string => ready.endpoints[service] ?? '';
  const headers = { 'x-auth-token': token, 'content-type': 'application/json', 'openstack-api-version': 'compute 2.60' };
  return {
    pid: child.pid ?? 0,
    readySeconds,
    token,
    tokenCheck: { url: `${authUrl}/auth/tokens`, headers: { 'x-auth-token': token, 'x-subject-token': token } },
    url,
    compute: ({ path, ...question }) => ({ ...question, url: `${url('compute')}/v2.1${path}`, headers }),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

export const removeStateDir = (stateDir: string): Promise<void> => rm(stateDir, { recursive: true, force: true });

async function readyFile(stateDir: string, child: ChildProcess): Promise<{ endpoints: Record<string, string> }> {
  for (;;) {
    const text = await readFile(join(stateDir, 'ready.json'), 'utf8').catch(() => '');
    if (text !== '') return JSON.parse(text);
    if (child.exitCode !== null) throw new Error(`the cloud ended with status ${child.exitCode} before it was ready`);
    await systemClock.sleep(POLL_MS);
  }
}

/** A token of the admin, and the URL that issued it. */
async function signIn(stateDir: string): Promise<{ token: string; authUrl: string }> {
  const { auth } = parse(await readFile(join(stateDir, 'clouds.yaml'), 'utf8')).clouds['nova-ts'];
  const domain = { name: 'Default' };
  const identity = { methods: ['password'], password: { user: { name: auth.username, domain, password: auth.password } } };
  const body = JSON.stringify({ auth: { identity, scope: { project: { name: auth.project_name, domain } } } });
  const response = await fetch(`${auth.auth_url}/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return { token: response.headers.get('x-subject-token') ?? '', authUrl: auth.auth_url };
}
