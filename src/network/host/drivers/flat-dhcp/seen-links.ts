/** Reads the devices of a host's namespace. */
import { Type as t } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { HostShell } from '../../shell/host-shell.ts';

/** A device as the kernel shows it now. */
export interface SeenLink {
  readonly name: string;
  /** Changes when a device is deleted and made again under the same name. */
  readonly index: number;
  readonly alias: string;
  readonly mtu: number;
  readonly isUp: boolean;
  /** Its hardware address. */
  readonly mac: string;
  /** The bridge that it is on. */
  readonly bridge: string | undefined;
  /** Whether packets that it bridges pass the IP filters; meaningless for other devices. */
  readonly filtersIp: boolean;
  /** With prefix length: `10.20.0.1/24`. */
  readonly addresses: readonly string[];
}

/** What we read of the answer of `ip -json -details address show`. */
const shown = t.Array(
  t.Object({
    ifname: t.String(),
    ifindex: t.Integer(),
    ifalias: t.Optional(t.String()),
    mtu: t.Integer(),
    address: t.Optional(t.String()),
    master: t.Optional(t.String()),
    flags: t.Array(t.String()),
    linkinfo: t.Optional(
      t.Object({
        info_data: t.Optional(t.Object({ nf_call_iptables: t.Optional(t.Integer()), nf_call_ip6tables: t.Optional(t.Integer()) })),
      }),
    ),
    addr_info: t.Array(t.Object({ local: t.Optional(t.String()), prefixlen: t.Optional(t.Integer()) })),
  }),
);

/** All devices of the namespace by name. */
export async function seeLinks(shell: HostShell): Promise<Map<string, SeenLink>> {
  const { stdout } = await shell.run('ip', ['-json', '-details', 'address', 'show']);
  const links = Value.Parse(shown, JSON.parse(stdout || '[]')).map((link): SeenLink => {
    const bridge = link.linkinfo?.info_data;
    return {
      name: link.ifname,
      index: link.ifindex,
      alias: link.ifalias ?? '',
      mtu: link.mtu,
      isUp: link.flags.includes('UP'),
      mac: link.address ?? '',
      bridge: link.master,
      filtersIp: bridge?.nf_call_iptables === 1 && bridge.nf_call_ip6tables === 1,
      addresses: link.addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
    };
  });
  return new Map(links.map((link) => [link.name, link]));
}
