/** A client that retries through failures: it repeats a request under one idempotency key until it is answered, and honours Retry-After. */
import { systemClock } from '../../src/lib/clock/clock.ts';
import { systemIds } from '../../src/lib/clock/ids.ts';
import type { Answer } from './ask.ts';
import type { CloudClient } from './cloud-client.ts';
import { until } from './until.ts';

/** How long one piece of work may take, including outages. */
const WORK_TIMEOUT_MS = 90_000;

/** Retry-After is honoured up to this limit, to keep tests short. */
const LONGEST_WAIT_MS = 1_000;

/** Takes one server through its life; fails at the first step that does not succeed. */
export async function liveThrough(client: CloudClient, name: string, refusals: Answer[]): Promise<void> {
  const images = await insist(client, 'image', 'GET', '/v2/images?name=tiny', refusals);
  const flavors = await insist(client, 'compute', 'GET', '/v2.1/flavors', refusals);
  const flavorRef = flavors.body.flavors.find((flavor: { name: string }) => flavor.name === 'm1.nano').id;
  const path = '/v2.1/servers';
  const booted = await insist(client, 'compute', 'POST', path, refusals, {
    server: { name, imageRef: images.body.images[0].id, flavorRef },
  });
  expectAnswer(booted, 202, 'boot');
  const own = `${path}/${booted.body.server.id}`;
  await comesTo('ACTIVE', client, own, refusals);
  expectAnswer(await insist(client, 'compute', 'POST', `${own}/action`, refusals, { 'os-stop': null }), 202, 'stop');
  await comesTo('SHUTOFF', client, own, refusals);
  expectAnswer(await insist(client, 'compute', 'POST', `${own}/action`, refusals, { 'os-start': null }), 202, 'start');
  await comesTo('ACTIVE', client, own, refusals);
  expectAnswer(await insist(client, 'compute', 'DELETE', own, refusals), 204, 'delete');
  const isGone = async () => (await insist(client, 'compute', 'GET', own, refusals)).status === 404;
  await until(isGone, { what: `${name} is gone`, timeoutMs: WORK_TIMEOUT_MS });
}

/** Retries until the answer is not an outage; each refusal on the way is added to `refusals`. */
async function insist(
  client: CloudClient,
  service: 'compute' | 'image',
  method: string,
  path: string,
  refusals: Answer[],
  body?: object,
): Promise<Answer> {
  const key = systemIds.uuid();
  let answer: Answer | undefined;
  const isAnswered = async () => {
    answer = await client.ask(service, method, path, body, { 'Idempotency-Key': key });
    const retryAfter = answer.headers.get('retry-after');
    if (answer.status < 500 && retryAfter === null) return true;
    refusals.push(answer);
    await systemClock.sleep(Math.min(LONGEST_WAIT_MS, 1000 * Number(retryAfter)));
    return false;
  };
  await until(isAnswered, { what: `${method} ${path} is answered`, timeoutMs: WORK_TIMEOUT_MS });
  if (!answer) throw new Error('unreachable: it was answered');
  return answer;
}

async function comesTo(status: string, client: CloudClient, path: string, refusals: Answer[]): Promise<void> {
  let last: Answer | undefined;
  const isSo = async () => {
    last = await insist(client, 'compute', 'GET', path, refusals);
    const { server } = last.body;
    if (server.status === 'ERROR') throw new Error(`instead of ${status}: ${JSON.stringify(server.fault)}`);
    return server.status === status && server['OS-EXT-STS:task_state'] === null;
  };
  await until(isSo, { what: `${path} is ${status}`, timeoutMs: WORK_TIMEOUT_MS }).catch((cause: unknown) => {
    throw new Error(`${path} stays as it is: ${JSON.stringify(last?.body)}`, { cause });
  });
}

function expectAnswer({ status, body }: Answer, wanted: number, what: string): void {
  if (status !== wanted) throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`);
}
