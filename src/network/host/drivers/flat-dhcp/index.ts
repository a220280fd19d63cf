export { FlatDhcpDriver, type FlatDhcpOptions } from './flat-dhcp-driver.ts';
export { removeUplink } from './egress.ts';
export { uplinkOf } from './uplink.ts';
