import { accountOf } from '../../../lib/accounts/account.ts';
import { messageOf } from '../../../lib/errors/error-type.ts';
import { runTool } from './tool.ts';

// Who runs the guests of a private host: an account of the host's own, where it can be given what its guests need.

/** User and group of the guests' QEMU; `because` says why it has to be root. */
export type GuestAccount =
  | { readonly kind: 'own'; readonly uid: number; readonly gid: number }
  | { readonly kind: 'root'; readonly because: string };

/** The account for a host in this directory: the same at every start. */
export async function guestAccount(directory: string): Promise<GuestAccount> {
  const { uid, gid } = await accountOf('qemu', directory);
  // As enter-host.sh will: a container may forbid it.
  const trial = 'mount -t tmpfs tmpfs /run && mknod /run/kvm c 10 232';
  return await runTool('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', `[ ! -c /dev/kvm ] || { ${trial}; }`]).then(
    () => ({ kind: 'own', uid, gid }),
    (error: unknown) => ({ kind: 'root', because: `a device for KVM cannot be made (${messageOf(error).trim().split('\n').at(-1)})` }),
  );
}

/** The account as `chown` takes it. */
export const ownerOf = (account: GuestAccount): string => (account.kind === 'root' ? '0:0' : `${account.uid}:${account.gid}`);
