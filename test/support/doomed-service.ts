/** A process that serves one call and never answers it: `doomed-service.ts URL TOPIC`. Tests kill it in the middle. */
import { Type as t } from '@sinclair/typebox';
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import { silentLog } from '../../src/lib/log/log.ts';
import { call, contract } from '../../src/lib/rpc/contract.ts';
import { rabbitmqBus } from '../../src/lib/rpc/rabbitmq/rabbitmq-bus.ts';
import { serve } from '../../src/lib/rpc/serve.ts';

const [, , url = '', topic = ''] = process.argv;
const rpc = contract(topic, { quick: call({ to: 'any', params: {}, returns: t.String() }) });
const bus = await rabbitmqBus({ url, clock: systemClock, ids: systemIds, log: silentLog });
const quick = () => {
  process.stdout.write('working\n');
  return new Promise<never>(() => undefined);
};
await serve(bus, rpc, { quick }, { log: silentLog });
process.stdout.write('listening\n');
