import { describeVirtDriver } from '../driver.contract.ts';
import { cannotTryLibvirt, startLibvirtTestHost } from './libvirt-test-host.ts';

describeVirtDriver({ name: 'libvirt', skip: await cannotTryLibvirt(), makeHost: startLibvirtTestHost });
