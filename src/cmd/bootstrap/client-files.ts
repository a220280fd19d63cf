import { rename, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { inState, type Runtime } from '../cloud/runtime.ts';
import { urlOf } from '../nova-config.ts';
import type { BootstrapUser, Credentials } from './credentials.ts';

export const REGION = 'RegionOne';

/** Writes the files from which clients learn about the cloud: openrc for shells, clouds.yaml for everything else. */
export async function writeClientFiles(runtime: Runtime, { passwords }: Credentials): Promise<void> {
  const authUrl = `${urlOf(runtime.config, 'identity')}/v3`;
  await writePrivate(runtime, 'openrc', openrc(authUrl, 'admin', passwords.admin));
  await writePrivate(runtime, 'openrc-demo', openrc(authUrl, 'demo', passwords.demo));
  const clouds = { 'nova-ts': cloud(authUrl, 'admin', passwords.admin), 'nova-ts-demo': cloud(authUrl, 'demo', passwords.demo) };
  await writePrivate(runtime, 'clouds.yaml', stringify({ clouds }));
}

const openrc = (authUrl: string, user: BootstrapUser, password: string): string =>
  Object.entries({
    OS_AUTH_URL: authUrl,
    OS_USERNAME: user,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: user,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_REGION_NAME: REGION,
    OS_IDENTITY_API_VERSION: '3',
  })
    .map(([name, value]) => `export ${name}='${value}'\n`)
    .join('');

const cloud = (authUrl: string, user: BootstrapUser, password: string) => ({
  auth: {
    auth_url: authUrl,
    username: user,
    password,
    project_name: user,
    user_domain_name: 'Default',
    project_domain_name: 'Default',
  },
  region_name: REGION,
  identity_api_version: 3,
});

/** Writes atomically; only the owner can read the file. */
async function writePrivate(runtime: Runtime, name: string, text: string): Promise<void> {
  const file = inState(runtime, name);
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}
