/** Every operation on servers as its users know it: by the commands of the distribution's openstack and nova clients. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, startCloud } from '../support/cloud.ts';
import { clientMissing, manyCommands } from '../support/real-client.ts';

const missing = clientMissing('openstack') ?? clientMissing('nova');

/** Command lines, and what their output has to contain. */
type Expected = readonly (readonly [line: string, ...output: string[]])[];

const lives: readonly (readonly [what: string, version: string, Expected])[] = [
  [
    'power, locks and the record',
    '2.90',
    [
      ['openstack server create --flavor m1.nano --image tiny --network private --wait s1', 'ACTIVE'],
      ['openstack server pause s1'],
      ['until PAUSED openstack server show -c status s1'],
      ['openstack server unpause s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server suspend s1'],
      ['until SUSPENDED openstack server show -c status s1'],
      ['openstack server resume s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server lock s1'],
      ['openstack server unlock s1'],
      ['openstack server stop s1'],
      ['until SHUTOFF openstack server show -c status s1'],
      ['openstack server start s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server reboot --hard --wait s1'],
      ['openstack server set --name s1 --property a=b --tag one --description told s1'],
      ['openstack server show s1', 'told', "a='b'", 'one'],
      ['openstack server unset --property a --tag one s1'],
      ['openstack server set --state active s1'],
      ['nova server-tag-set s1 x y'],
      ['nova server-tag-list s1', 'x', 'y'],
      ['nova trigger-crash-dump s1'],
      ['nova get-password s1'],
      ['nova clear-password s1'],
      ['openstack console log show s1', 'GUEST-READY'],
      ['openstack console url show s1', 'vnc_auto.html?path=%3Ftoken%3D'],
      ['openstack console url show --serial s1', '/?token='],
      ['openstack console url show --spice s1', 'spice_auto.html?token='],
      ['nova get-vnc-console s1 novnc', 'token%3D'],
      ['nova get-spice-console s1 spice-html5', 'spice_auto.html?token='],
      ['openstack server event list s1', 'suspend', 'reboot'],
      ['nova instance-action-list s1', 'lock'],
    ],
  ],
  [
    'moves between hosts and sizes',
    '2.90',
    [
      ['openstack server resize --flavor m1.tiny --wait s1'],
      ['openstack server resize confirm s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server resize --flavor m1.nano --wait s1'],
      ['openstack server resize revert s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server migrate --wait s1'],
      ['openstack server migration confirm s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server migrate --live-migration --wait s1'],
      ['openstack server migration list --server s1', 'confirmed', 'reverted', 'completed'],
      ['nova migration-list', 'live-migration'],
      ['nova server-migration-list s1'],
    ],
  ],
  [
    'disks and images',
    '2.90',
    [
      ['openstack server rebuild --image tiny --wait s1', 'Complete'],
      ['openstack server rescue s1'],
      ['until RESCUE openstack server show -c status s1'],
      ['openstack server unrescue s1'],
      ['until ACTIVE openstack server show -c status s1'],
      ['openstack server image create --name photo --wait s1', 'photo'],
      ['openstack server backup create --name copy --type daily --rotate 1 --wait s1', 'copy'],
      ['openstack server shelve --wait s1'],
      ['openstack server list --status SHELVED_OFFLOADED', 's1'],
      ['openstack server unshelve --wait s1'],
    ],
  ],
  [
    'ports, addresses and security groups',
    '2.1',
    [
      ['openstack security group create extra'],
      ['openstack server add security group s1 extra'],
      ['nova list-secgroup s1', 'extra'],
      ['openstack server remove security group s1 extra'],
      ['openstack port create --network private p1'],
      ['openstack server add port s1 p1'],
      ['nova interface-list s1', 'ACTIVE'],
      ['openstack server remove port s1 p1'],
      ['openstack server add network s1 private'],
      ['openstack server add fixed ip s1 private'],
    ],
  ],
  [
    'disks that are volumes',
    '2.92',
    [
      [
        'openstack server create --flavor m1.nano --image tiny --boot-from-volume 1 --network private --wait v1',
        'N/A (booted from volume)',
      ],
      ['openstack server image create --name listing --wait v1', 'listing'],
      ['openstack server rebuild --image tiny --wait v1', 'Complete'],
      ['openstack server shelve --wait v1'],
      ['openstack server unshelve --wait v1'],
      ['openstack server create --flavor m1.nano --image listing --network private --wait v2', 'ACTIVE'],
      ['openstack volume create --size 1 --image tiny --bootable root'],
      ['until available openstack volume show -c status root'],
      ['openstack volume create --size 1 extra'],
      ['until available openstack volume show -c status extra'],
      ['openstack volume snapshot create --volume root point'],
      ['until available openstack volume snapshot show -c status point'],
      ['openstack server create --flavor m1.nano --snapshot point --network private --wait v3', 'ACTIVE'],
      [
        'openstack server create --flavor m1.nano --volume root --block-device-mapping vdb=extra:volume ' +
          '--block-device source_type=blank,destination_type=volume,volume_size=1,tag=data --network private --wait v4',
        'ACTIVE',
      ],
      ['openstack server volume list v4', '/dev/vda', '/dev/vdb', '/dev/vdc', 'data'],
      ['openstack server delete --wait v1 v2 v3 v4'],
      ['openstack volume list --status available', 'root', 'extra'],
      ['openstack image delete listing'],
    ],
  ],
  [
    'what operators look at',
    '2.90',
    [
      ['nova diagnostics s1', 'uptime'],
      ['openstack server show --topology s1'],
      ['nova server-topology s1'],
      ['openstack server group create --policy anti-affinity apart', 'anti-affinity'],
      ['nova server-group-list', 'apart'],
      ['openstack server group delete apart'],
      ['openstack aggregate create --zone far rack'],
      ['openstack aggregate set --property ssd=true rack'],
      ['openstack aggregate show rack', "ssd='true'"],
      ['nova aggregate-list', 'rack'],
      ['openstack aggregate delete rack'],
      ['openstack usage show'],
      ['openstack usage list'],
      ['nova instance-usage-audit-log'],
      ['nova version-list', '2.1'],
      ['nova reset-state --active s1'],
    ],
  ],
  [
    'the end',
    '2.90',
    [
      ['nova force-delete s1'],
      ['openstack server create --flavor m1.nano --image tiny --network private --wait --min 2 --max 2 pair', 'pair-1'],
      ['openstack server delete --wait pair-1 pair-2'],
      ['openstack image delete photo copy'],
      ['openstack security group delete extra'],
    ],
  ],
];

describe.skipIf(missing !== undefined && process.env['CI'] !== 'true')(`commands for servers${missing ? ` (${missing})` : ''}`, () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ env: { NOVA_FAKE_HOSTS: '3' }, config: '[spice]\nenabled = true\n' });
  });
  afterAll(() => cloud?.destroy());

  test.each(lives)('%s, at %s', { timeout: 300_000 }, async (_what, version, expected) => {
    const said = await manyCommands(
      cloud,
      { openrc: 'openrc', version },
      expected.map(([line]) => line),
    );
    const outcome = said.map(({ line, code, stdout, stderr }, n) => {
      const lacks = (expected[n] ?? []).slice(1).filter((words) => !stdout.includes(words));
      return { line, code, ...(code === 0 ? {} : { stderr }), ...(lacks.length > 0 ? { lacks, stdout } : {}) };
    });
    expect(outcome).toEqual(expected.map(([line]) => ({ line, code: 0 })));
  });
});
