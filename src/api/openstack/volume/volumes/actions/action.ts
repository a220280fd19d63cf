// How actions on volumes are declared.
import { type TSchema, Type as t } from '@sinclair/typebox';
import { type HeadOf, type TypeLike } from '../../../../../lib/versioning/shape.ts';
import type { Window } from '../../../../../lib/versioning/microversion.ts';
import { actionRoute, type ApiRequest, done, type Route } from '../../../../pipeline/route.ts';
import type { VolumeApi } from '../../../../../volume/api.ts';
import type { VolumeFaceDeps } from '../../deps.ts';

interface Action<X extends TypeLike> extends Window {
  readonly key: string;
  readonly summary: string;
  readonly body: X;
  readonly status?: number;
  readonly run: (volumes: VolumeApi, req: ApiRequest<{ readonly id: string }, undefined, HeadOf<X>>, id: string) => Promise<unknown>;
}

/** An action that answers nothing. */
export const action = <X extends TypeLike>({ run, status = 202, ...rest }: Action<X>): Route<VolumeFaceDeps> =>
  actionRoute({
    ...rest,
    path: '/volumes/{id}/action',
    status,
    handle: async (req: ApiRequest<{ readonly id: string }, undefined, HeadOf<X>>, { volumes }: VolumeFaceDeps) => {
      await run(volumes, req, req.params.id);
      return done();
    },
  });

/** The value of an action that has none: null or an empty object. */
export const nothing: TSchema = t.Unsafe({ type: ['object', 'null', 'string'], maxLength: 0 });
