/** Runs the distribution's S3 clients with the access key of a user. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { S3Key } from './s3-client.ts';

/** The programs, by their packages. */
const PACKAGES = {
  awscli: '/usr/bin/aws',
  s3cmd: '/usr/bin/s3cmd',
  rclone: '/usr/bin/rclone',
  'python3-boto3': '/usr/lib/python3/dist-packages/boto3',
};

/** Names a package that is not installed. */
export const s3ToolMissing = (): string | undefined => {
  const missing = Object.entries(PACKAGES).find(([, path]) => !existsSync(path))?.[0];
  return missing === undefined ? undefined : `${missing} is not installed`;
};

/** A user at a shell: each resolves with what the command prints, and rejects when it fails. */
export interface S3Tools {
  aws(...args: string[]): Promise<string>;
  s3cmd(...args: string[]): Promise<string>;
  rclone(...args: string[]): Promise<string>;
  /** Runs lines of Python after `s3` and `ec2` are boto3 clients, and `code` tells the error of a call. */
  boto3(script: string): Promise<string>;
  /** A command of `aws ec2`. */
  ec2(...args: string[]): Promise<string>;
}

/** @param directory an empty one, for their files */
export async function s3Tools(
  directory: string,
  { url, ec2Url }: { readonly url: string; readonly ec2Url: string },
  key: S3Key,
): Promise<S3Tools> {
  const { host } = new URL(url);
  const config = join(directory, 's3cfg');
  await writeFile(config, `[default]\nhost_base = ${host}\nhost_bucket = ${host}\nuse_https = False\nsignature_v2 = False\n`);
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: directory,
    LANG: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: key.access,
    AWS_SECRET_ACCESS_KEY: key.secret,
    AWS_DEFAULT_REGION: 'RegionOne',
    AWS_EC2_METADATA_DISABLED: 'true',
    RCLONE_CONFIG_CLOUD_TYPE: 's3',
    RCLONE_CONFIG_CLOUD_PROVIDER: 'Other',
    RCLONE_CONFIG_CLOUD_ENV_AUTH: 'true',
    RCLONE_CONFIG_CLOUD_ENDPOINT: url,
    RCLONE_CONFIG_CLOUD_REGION: 'RegionOne',
  };
  const run = async (program: string, args: readonly string[]) => {
    const child = spawn(program, args, { env, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    const [[code], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${errors}${output}`);
    return output;
  };
  const python = `
import boto3, json
from botocore.exceptions import ClientError
def code(call, **args):
    try: call(**args)
    except ClientError as e: return e.response['Error']['Code']
s3 = boto3.client('s3', endpoint_url='${url}')
ec2 = boto3.client('ec2', endpoint_url='${ec2Url}')
`;
  return {
    aws: (...args) => run('/usr/bin/aws', ['--endpoint-url', url, ...args]),
    ec2: (...args) => run('/usr/bin/aws', ['--endpoint-url', ec2Url, 'ec2', ...args]),
    s3cmd: (...args) => run('/usr/bin/s3cmd', ['-c', config, `--access_key=${key.access}`, `--secret_key=${key.secret}`, ...args]),
    rclone: (...args) => run('/usr/bin/rclone', args),
    boto3: (script) => run('/usr/bin/python3', ['-c', `${python}${script}`]),
  };
}
