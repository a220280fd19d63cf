import { Type as t } from '@sinclair/typebox';
import { strictObject } from '../../../../lib/versioning/schema.ts';
import { serverActions, type ServerActionName } from '../../../../operations/actions/index.ts';
import type { RestFace } from '../../../../operations/actions/server-action.ts';
import { type Answer, envelope, exactly, nothing } from '../../../pipeline/answer.ts';
import { actionRoute, done, ok, type Route } from '../../../pipeline/route.ts';
import type { ServerFaceDeps } from './deps.ts';
import { rebuiltServerView } from './view.ts';
import { shownAlone } from './shown-alone.ts';

const newPassword = strictObject({ adminPass: t.Optional(t.String()) });

/** Derives a route from every face of a declared server action. */
export const serverActionRoutes: readonly Route<ServerFaceDeps>[] = Object.values(serverActions).flatMap(({ name, summary, rest }) =>
  rest.map((face) => routeOf(name, summary, face)),
);

function routeOf(name: ServerActionName, summary: string, { input, answers, ...face }: RestFace<unknown>): Route<ServerFaceDeps> {
  return actionRoute({
    ...face,
    summary,
    answers: answerOf(answers),
    handle: async (req, deps: ServerFaceDeps) => {
      // Seam: the body is that of this face and the input that of this action; iterating over the table loses that.
      const { server, answer, adminPassword } = await deps.compute.act(req.ctx, req.params.id, name, input(req.body as never) as never);
      if (answers === 'nothing') return done();
      const shownPassword = deps.showsPasswords ? adminPassword : undefined;
      if (answers === 'password') return ok(shownPassword === undefined ? {} : { adminPass: shownPassword });
      if (answers !== 'server')
        return 'of' in answers ? ok(answers.of(answer as never)) : located(answers.imageLocation(answer as never), deps);
      const shown = await shownAlone(req, deps, { id: server.id, read: async () => server });
      return ok({ ...shown, adminPassword: shownPassword }, { headers: { Location: `${req.baseUrl}/servers/${server.id}` } });
    },
  });
}

/** The answer of a face; its values come from `handle` above. */
function answerOf(answers: RestFace<unknown>['answers']): Answer<unknown> {
  if (answers === 'nothing' || (typeof answers === 'object' && 'imageLocation' in answers)) return nothing;
  // Seam: as for the server.
  if (answers === 'password') return exactly(newPassword) as Answer<unknown>;
  return answers === 'server' ? (envelope('server', rebuiltServerView) as Answer<unknown>) : exactly(answers.schema);
}

/** Names the image where clients find it. */
const located = (imageId: string | null, { imageUrl }: ServerFaceDeps) =>
  imageId === null ? done() : done({ headers: { Location: `${imageUrl}/images/${imageId}` } });
