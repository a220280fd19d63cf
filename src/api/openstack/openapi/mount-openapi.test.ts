import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../lib/clock/clock.ts';
import { seededIds } from '../../../lib/clock/ids.ts';
import { createHttpServer, type HttpServer } from '../../../lib/http/http-server.ts';
import { silentLog } from '../../../lib/log/log.ts';
import { versions } from '../../../microversions.ts';
import { documentedCompute } from '../compute/documented.ts';
import { ask } from '../../pipeline/fixture/ask.ts';
import { mountOpenApi } from './mount-openapi.ts';

let server: HttpServer;
let url: string;
beforeAll(async () => {
  server = createHttpServer({ log: silentLog, clock: systemClock, ids: seededIds() });
  mountOpenApi(server, { api: documentedCompute, log: silentLog });
  ({ url } = await server.listen({ host: '127.0.0.1', port: 0 }));
});
afterAll(() => server.close());

test('the index lists every version, and each link leads to its document without a token', async () => {
  const { status, json } = await ask(`${url}/openapi/compute`);
  expect(status).toBe(200);
  expect(json).toMatchObject({ versions: versions.all.map(({ version, summary }) => ({ version, summary })) });
  const newest = await ask(`${url}/openapi/compute/${versions.max.version}.json`);
  expect(newest).toMatchObject({ status: 200, json: { openapi: '3.1.0', info: { title: 'Compute', version: versions.max.version } } });
  expect(newest.header('content-type')).toBe('application/json');
});

test.each(['2.9999.json', '2.1', 'latest.json', '2.1.json.json', '..%2f2.1.json'])('there is no document %s', async (file) => {
  expect(await ask(`${url}/openapi/compute/${file}`)).toMatchObject({ status: 404, json: { itemNotFound: { code: 404 } } });
});

test('documents are only read', async () => {
  expect(await ask(`${url}/openapi/compute/2.1.json`, { method: 'POST' })).toMatchObject({
    status: 405,
    json: { badMethod: { code: 405 } },
  });
});
