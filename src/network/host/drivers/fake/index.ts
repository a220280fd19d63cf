export { type FakeFault, FakeNetworkDriver } from './fake-driver.ts';
