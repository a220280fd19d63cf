import { describeVirtDriver } from '../driver.contract.ts';
import { describeConsoles } from '../consoles.contract.ts';
import { describeMoves } from '../moves.contract.ts';
import { cannotTryLibvirt, startLibvirtTestHost } from './libvirt-test-host.ts';

const subject = { name: 'libvirt', skip: await cannotTryLibvirt(), makeHost: () => startLibvirtTestHost() };
describeVirtDriver(subject);
describeMoves(subject);
describeConsoles(subject);
