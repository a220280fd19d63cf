import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { others, placeholders, type Shape, targets } from '../support/api-targets.ts';
import type { Answer } from '../support/ask.ts';
import { type Cloud, startCloud } from '../support/cloud.ts';
import type { CloudClient } from '../support/cloud-client.ts';
import { brokenBodies, hostileHeaders, hostileIds, mutationsOf } from '../support/hostile.ts';
import { brokenRequests, rawStatus } from '../support/raw-http.ts';

/** The same hostile bodies in each run. */
const SEED = 20_260_101;
const MUTATIONS_PER_BODY = 50;
let cloud: Cloud;
let demo: CloudClient;
/** The things behind the placeholders. */
let real: ReadonlyMap<string, string>;
beforeAll(async () => {
  cloud = await startCloud();
  demo = await cloud.demo();
  const first = async (service: 'image' | 'network', path: string, kind: string): Promise<string> =>
    (await demo.ask(service, 'GET', path)).body[kind][0].id;
  real = new Map([
    [placeholders.image, await first('image', '/v2/images?name=tiny', 'images')],
    [placeholders.network, await first('network', '/v2.0/networks?name=private', 'networks')],
    [placeholders.subnet, await first('network', '/v2.0/subnets', 'subnets')],
    [placeholders.group, await first('network', '/v2.0/security-groups?name=default', 'security_groups')],
  ]);
});
afterAll(() => cloud?.destroy());

const short = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))?.slice(0, 300);

/** A body to send, with placeholders replaced by existing things. */
const realistic = (body: object): string =>
  [...real].reduce((text, [placeholder, id]) => text.replaceAll(placeholder, id), JSON.stringify(body));

/** Sends all requests, a few at a time, and collects wrong answers. */
async function wrongAnswers<T>(
  cases: readonly T[],
  send: (one: T) => Promise<Answer>,
  isWrong: (answer: Answer) => boolean,
): Promise<string[]> {
  const wrong: string[] = [];
  const queue = [...cases];
  const work = async () => {
    for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
      const answer = await send(one);
      if (isWrong(answer)) wrong.push(`${short(one)} -> ${answer.status} ${short(answer.body)}`);
    }
  };
  await Promise.all(Array.from({ length: 4 }, work));
  return wrong;
}

const isFaultIn =
  (shape: Shape) =>
  (answer: Answer): boolean =>
    answer.status >= 400 && answer.status < 500 && (answer.body === undefined || shape(answer));

describe.each(targets)('the $service API', ({ service, shape, paths, bodies }) => {
  const isFault = isFaultIn(shape);

  test('answers every unknown id with its own fault, and never fails', async () => {
    const cases = paths.flatMap((path) =>
      hostileIds.flatMap((id) => ['GET', 'DELETE', 'PUT'].map((method) => ({ method, path: path.replace('{id}', id) }))),
    );
    // A list may ignore unknown parameters.
    const wrong = await wrongAnswers(
      cases,
      ({ method, path }) => demo.ask(service, method, path, method === 'PUT' ? '{}' : undefined),
      (answer) => !isFault(answer) && answer.status >= 400,
    );
    expect(wrong).toEqual([]);
  });

  test('refuses every malformed body', async () => {
    const cases = bodies.flatMap(({ method, path }) => brokenBodies.map((body) => ({ method, path, body })));
    const wrong = await wrongAnswers(
      cases,
      ({ method, path, body }) => demo.ask(service, method, path, body),
      // For the image service an empty object is a valid image.
      (answer) => !isFault(answer) && !(service === 'image' && answer.status === 201),
    );
    expect(wrong).toEqual([]);
  });

  test('refuses or accepts bodies with one defect correctly', async () => {
    const cases = bodies.flatMap(({ method, path, body }) =>
      fc.sample(mutationsOf(body), { seed: SEED, numRuns: MUTATIONS_PER_BODY }).map((mutated) => ({ method, path, body: mutated })),
    );
    const wrong = await wrongAnswers(
      cases,
      async ({ method, path, body }) => {
        const answer = await demo.ask(service, method, path, realistic(body));
        // Frees the quota.
        const made = answer.status === 202 ? answer.body?.server?.id : undefined;
        if (made !== undefined) await demo.ask('compute', 'DELETE', `/v2.1/servers/${made}`);
        return answer;
      },
      // Some mutations leave the body valid.
      (answer) => !isFault(answer) && answer.status >= 300,
    );
    expect(wrong).toEqual([]);
  });

  test('survives every header', async () => {
    const cases = bodies.flatMap(({ method, path, body }) => hostileHeaders.map((headers) => ({ method, path, body, headers })));
    const wrong = await wrongAnswers(
      cases,
      ({ method, path, body, headers }) => demo.ask(service, method, path, body, headers),
      // Refusals by version negotiation have their own shapes.
      (answer) => !isFault(answer) && answer.status >= 300 && answer.status !== 406,
    );
    expect(wrong).toEqual([]);
  });
});

test.each(others)('the $service API survives every path', async ({ service, paths }) => {
  const cases = paths.flatMap((path) =>
    hostileIds.flatMap((id) => ['GET', 'POST', 'PUT'].map((method) => ({ method, path: path.replace('{id}', id) }))),
  );
  const wrong = await wrongAnswers(
    cases,
    ({ method, path }) => demo.ask(service, method, path, method === 'GET' ? undefined : '{'),
    ({ status }) => status >= 500,
  );
  expect(wrong).toEqual([]);
});

test('malformed HTTP is answered with 4xx or disconnected', async () => {
  const services = [...targets, ...others].map(({ service }) => service);
  const wrong: string[] = [];
  for (const service of services) {
    const port = Number(new URL(cloud.url(service)).port);
    const statuses = await Promise.all(brokenRequests.map((request) => rawStatus(port, request)));
    statuses.forEach((status, at) => {
      if (status !== undefined && !(status < 500)) wrong.push(`${service}: ${short(brokenRequests[at])} -> ${status}`);
    });
  }
  expect(wrong).toEqual([]);
});

test('afterwards every API is healthy, and a server boots', async () => {
  for (const { service } of [...targets, ...others])
    expect([service, (await demo.ask(service, 'GET', '/healthcheck')).status]).toEqual([service, 200]);
  const { body } = await demo.ask('compute', 'GET', '/v2.1/servers');
  await Promise.all(body.servers.map(({ id }: { id: string }) => demo.remove(id)));
  const { networks } = (await demo.ask('network', 'GET', '/v2.0/networks?name=private')).body;
  const id = await demo.boot({ networks: [{ uuid: networks[0].id }] });
  expect(await demo.settled(id)).toMatchObject({ status: 'ACTIVE' });
  await demo.remove(id);
});
