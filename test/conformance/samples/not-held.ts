/** Published samples that are not tested, by reason; a pattern that matches a tested sample, or none, fails. */
export const notHeld: Readonly<Record<string, readonly RegExp[]>> = {
  'Taken away from every version: its routes answer 410.': [/^consoles\//, /^os-(cloudpipe|fixed-ips|floating-ip-dns|floating-ips-bulk)\//],
  'Goes to another service, which clients ask themselves since 2.36.': [
    // No node is there to be shown.
    /^os-baremetal-nodes\/baremetal-node-get-resp$/,
    /^servers\/server-action-(add|remove)floatingip-req$/,
  ],
  'No hypervisor here has such consoles: the request is refused.': [
    /^os-remote-consoles\/get-rdp-console-post-resp$/,
    /^os-remote-consoles\/v2.8\/create-mks-console-resp$/,
  ],
  'The resource is not there yet.': [/^os-server-shares\//],
  'Refused: no hypervisor here has power over its machine.': [/^os-hosts\/host-get-(reboot|shutdown|startup)$/],
  'Needs a host that died; evacuations are tested with one.': [/^os-evacuate\/server-evacuate(-find-host)?-resp$/],
  'Needs a volume service, which the face of this test has not; attachments are tested with one.': [/^os-volume_attachments\//],
  'No snapshot of a volume needs the hypervisor.': [/^os-assisted-volume-snapshots\//],
  'It shows a volume that was just made as attached already.': [/^os-volumes\/os-volumes-post-resp$/],
  'Published below a version that refuses its request.': [/^servers\/v2\.(90|94)\/server-create-resp$/],
  'Part of a cloud is never known without the rest: there is one database, not a cell.': [
    /^os-services\/v2\.69\//,
    /^servers\/v2\.69\/server(-get|s-details|s-list)-resp$/,
    /^servers\/v2\.71\/server-get-down-cell-resp$/,
  ],
};
