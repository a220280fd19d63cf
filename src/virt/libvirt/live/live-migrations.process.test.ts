import { describeLiveMigrations } from '../../live-migrations.contract.ts';
import { cannotTryLibvirt, startLibvirtTestHost } from '../libvirt-test-host.ts';

describeLiveMigrations({
  name: 'libvirt',
  skip: await cannotTryLibvirt(),
  makeHosts: async () => [await startLibvirtTestHost('hv1'), await startLibvirtTestHost('hv2')],
});
