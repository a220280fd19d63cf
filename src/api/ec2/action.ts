import { Type as t } from '@sinclair/typebox';
import { plainBody } from '../../lib/versioning/request-body.ts';
import type { XmlValue } from '../../lib/xml/write-xml.ts';
import type { Answer } from '../pipeline/answer.ts';
import { ok, type Route, route } from '../pipeline/route.ts';
import type { Ec2Deps } from './deps.ts';
import { DryRunOperation, InvalidParameterCombination } from './errors.ts';
import { Ec2Asked } from './wire/asked.ts';

/** What an action answers: the elements beside the request id. */
export type Ec2Answer = Readonly<Record<string, XmlValue>>;

/** One action of the API. */
export interface Ec2Action {
  readonly name: string;
  readonly summary: string;
  /** The rule that must hold for the caller, whatever the action is about; a dry run asks for nothing else. */
  readonly policy: string;
  readonly run: (asked: Ec2Asked, deps: Ec2Deps) => Promise<Ec2Answer>;
}

const form = plainBody(t.Object({ action: t.String(), params: t.Record(t.String(), t.String()) }));
const answers: Answer<Ec2Answer> = { schemaAt: () => undefined, render: (value) => value };

/** The routes of an action: clients of today send forms, old ones a query. */
export const routesOf = ({ name, summary, policy, run }: Ec2Action): readonly Route<Ec2Deps>[] =>
  (['POST', 'GET'] as const).map((method) =>
    route({
      method,
      path: '/',
      action: name,
      summary,
      policy,
      body: form,
      status: 200,
      answers,
      handle: async ({ ctx, body }, deps: Ec2Deps) => {
        const asked = new Ec2Asked(ctx, body.params);
        if (method === 'GET' && asked.has('ClientToken'))
          throw InvalidParameterCombination({ problem: 'A request with the parameter ClientToken must be sent by POST.' });
        if (asked.flag('DryRun')) throw DryRunOperation({});
        return ok(await run(asked, deps));
      },
    }),
  );

/** EC2's form of a list. */
export const setOf = (items: readonly XmlValue[]): XmlValue => ({ item: items });

/** Elements that are true are all that some actions answer. */
export const DONE: Ec2Answer = { return: true };
