import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CannotStart } from './cannot-start.ts';
import { readStateDir } from './cloud/runtime.ts';
import { openSession } from './guest-access/cloud-session.ts';
import { findServer } from './guest-access/find-server.ts';
import { wayInto } from './guest-access/way-into.ts';
import { UsageError } from './usage-error.ts';

const OPTIONS = {
  identity: { type: 'string', short: 'i' },
  user: { type: 'string', short: 'l', default: 'root' },
  'config-file': { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

/** The exit status of ssh when it could not log in. */
const NO_LOGIN = 255;

/** Guests come and go at the same addresses, with new keys; the network between is this machine's own. */
const TRUST = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'ConnectTimeout=10'];

/** `nova-ts ssh SERVER`: a shell in a guest, wherever its network is. */
export async function run(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const [wanted, ...command] = positionals;
  if (wanted === undefined) throw UsageError({ because: 'name a server: nova-ts ssh SERVER [-- COMMAND]' });
  const stateDir = readStateDir({ configFiles: values['config-file'] ?? [] });
  const server = await findServer(await openSession(stateDir), wanted);
  const identity = values.identity === undefined ? [] : ['-i', values.identity];
  const options = TRUST.flatMap((option) => ['-o', option]);
  await using mark = await mkdtempDisposable(join(tmpdir(), 'nova-ts-ssh-'));
  // ssh runs this here once it has logged in: its status 255 may also be that of a command that a signal ended.
  const loggedIn = join(mark.path, 'logged-in');
  const noteLogin = ['-o', 'PermitLocalCommand=yes', '-o', `LocalCommand=touch ${loggedIn}`];
  const ssh = [
    'ssh',
    ...options,
    ...noteLogin,
    ...identity,
    `${values.user}@${server.address}`,
    ...(command.length > 0 ? ['--', ...command] : []),
  ];
  const status = await runHere([...(await wayInto(stateDir, server, process.getuid?.() === 0)), ...ssh]);
  if (status === NO_LOGIN && !existsSync(loggedIn)) process.stderr.write(HINT);
  process.exitCode = status;
}

const ignore = (): void => {};

/** Runs a program on this terminal, to which Ctrl-C belongs meanwhile. */
async function runHere([file = '', ...args]: readonly string[]): Promise<number> {
  process.on('SIGINT', ignore);
  const child = spawn(file, args, { stdio: 'inherit' });
  const [code] = await once(child, 'exit').catch(() => {
    throw CannotStart({ because: `${file} is not installed (Debian: apt-get install openssh-client util-linux)` });
  });
  process.off('SIGINT', ignore);
  return typeof code === 'number' ? code : NO_LOGIN;
}

const HINT = `nova-ts ssh: no login. A guest needs a moment to boot ("openstack console log show SERVER" ends with GUEST-READY), a security group that
allows port 22 ("openstack security group rule create --protocol tcp --dst-port 22 default"), and a key of yours from its boot ("--key-name").
`;

const HELP = `nova-ts ssh [-i KEY-FILE] [-l USER] SERVER [-- COMMAND]
A shell in a guest of this machine, or COMMAND there. SERVER is a name or an id. It needs root, but for guests on a network that the machine itself is in.
Exit status: that of the shell or command, ${NO_LOGIN} if there was no login.
  -i, --identity FILE   the private key; by default those that ssh takes
  -l, --user USER       the user in the guest, by default root
  --config-file FILE    read the state directory's path from a file
`;
