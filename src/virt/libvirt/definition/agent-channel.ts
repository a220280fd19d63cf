import { element, type XmlElement } from '../xml.ts';

/** The name by which agent and hypervisor know their channel. */
export const AGENT_CHANNEL = 'org.qemu.guest_agent.0';

/** The channel of a guest with an agent; libvirt chooses the socket. */
export const agentChannel = (): XmlElement =>
  element('channel', { type: 'unix' }, element('source', { mode: 'bind' }), element('target', { type: 'virtio', name: AGENT_CHANNEL }));
