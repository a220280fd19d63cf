import { order } from './boot.ts';

/** How to do by hand what the demo showed. */
export const howToRepeat = (): string => {
  const state = process.getuid?.() === 0 ? '/var/lib/nova-ts' : './var';
  return ['npm start', `. ${process.env.NOVA_STATE_DIR ?? state}/openrc-demo    # in another terminal`, ...bootCommands].join('\n');
};

/** How to use, and to stop, a cloud that was left running. */
export const howToUse = (stateDir: string, requestId: string): string =>
  [
    `. ${stateDir}/openrc-demo    # or openrc, for the admin`,
    'openstack server list',
    `openstack console log show ${order.name}`,
    `NOVA_STATE_DIR=${stateDir} bin/nova-ts manage trace ${requestId}`,
    '',
    'To stop it and remove everything:',
    `npm run demo -- --stop ${stateDir}`,
  ].join('\n');

const bootCommands = [
  `openstack server create --image ${order.image} --flavor ${order.flavor} --network ${order.network} --wait ${order.name}`,
  `openstack console log show ${order.name}`,
  `openstack server delete --wait ${order.name}`,
];
