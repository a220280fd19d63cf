import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';
import { demoFailed } from './demo-failed.ts';

const auth = t.Object({
  auth_url: t.String(),
  username: t.String(),
  password: t.String(),
  project_name: t.String(),
  user_domain_name: t.String(),
  project_domain_name: t.String(),
});

/** Who logs in where, as clouds.yaml writes it. */
export type Credentials = Static<typeof auth>;

/** The users that a new cloud has, by the names of their clouds in clouds.yaml. */
export type CloudName = 'nova-ts' | 'nova-ts-demo';

/** The credentials that a cloud wrote into its state directory. */
export async function credentialsIn(stateDir: string, cloud: CloudName): Promise<Credentials> {
  const file = join(stateDir, 'clouds.yaml');
  const written: unknown = parse(await readFile(file, 'utf8'));
  const schema = t.Object({ clouds: t.Object({ [cloud]: t.Object({ auth }) }) });
  if (!Value.Check(schema, written)) throw demoFailed(`${file} has no complete credentials for the cloud ${cloud}.`);
  const found = written.clouds[cloud];
  if (!found) throw demoFailed(`${file} does not name the cloud ${cloud}.`);
  return found.auth;
}
