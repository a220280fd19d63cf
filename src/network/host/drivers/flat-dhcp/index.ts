export { FlatDhcpDriver, type FlatDhcpOptions } from './flat-dhcp-driver.ts';
