/** Image members: the owner shares an image, the member accepts or rejects it. */
import { Type as t } from '@sinclair/typebox';
import type { ImageApi } from '../../../image/api.ts';
import { type ImageMember, memberStatuses } from '../../../image/image.ts';
import { plainBody } from '../../../lib/versioning/request-body.ts';
import { stringEnum } from '../../../lib/versioning/schema.ts';
import type { Answer } from '../../pipeline/answer.ts';
import { done, ok, route } from '../../pipeline/route.ts';
import { uuidText } from './image-attributes.ts';
import { seconds } from './image-view.ts';

interface Deps {
  readonly images: ImageApi;
}

const status = stringEnum(memberStatuses);
const projectId = t.String({ minLength: 1, maxLength: 255 });

/** The fields of a membership, also for the published schema. */
export const memberFields = {
  member_id: t.String({ description: 'An identifier for the image member (project id)' }),
  image_id: uuidText('An identifier for the image'),
  status: { ...status, description: 'The status of this image member' },
  created_at: t.String({ description: 'Date and time of image member creation' }),
  updated_at: t.String({ description: 'Date and time of last modification of image member' }),
  schema: t.String(),
};

const viewOf = ({ member, imageId, status: answered, createdAt, updatedAt }: ImageMember) => ({
  member_id: member,
  image_id: imageId,
  status: answered,
  created_at: seconds(createdAt),
  updated_at: seconds(updatedAt),
  schema: '/v2/schemas/member',
});

const memberAnswer: Answer<ImageMember> = { schemaAt: () => t.Object(memberFields), render: viewOf };

const membersAnswer: Answer<readonly ImageMember[]> = {
  schemaAt: () => t.Object({ members: t.Array(t.Object(memberFields)), schema: t.String() }),
  render: (members) => ({ members: members.map(viewOf), schema: '/v2/schemas/members' }),
};

const addMember = route({
  method: 'POST',
  path: '/v2/images/{id}/members',
  summary: 'Share an image with a project.',
  body: plainBody(t.Object({ member: projectId }, { additionalProperties: false })),
  status: 200,
  answers: memberAnswer,
  handle: async ({ ctx, params, body }, { images }: Deps) => ok(await images.members.add(ctx, params.id, body.member)),
});

const listMembers = route({
  method: 'GET',
  path: '/v2/images/{id}/members',
  summary: 'List the projects that an image is shared with.',
  status: 200,
  answers: membersAnswer,
  handle: async ({ ctx, params }, { images }: Deps) => ok(await images.members.list(ctx, params.id)),
});

const showMember = route({
  method: 'GET',
  path: '/v2/images/{id}/members/{member}',
  summary: 'Show the membership of a project in a shared image.',
  status: 200,
  answers: memberAnswer,
  handle: async ({ ctx, params }, { images }: Deps) => ok(await images.members.show(ctx, params.id, params.member)),
});

const answerOffer = route({
  method: 'PUT',
  path: '/v2/images/{id}/members/{member}',
  summary: "Accept or reject an image that is shared with one's own project.",
  // Clients repeat the member in the body; the path decides.
  body: plainBody(t.Object({ status, member: t.Optional(projectId) }, { additionalProperties: false })),
  status: 200,
  answers: memberAnswer,
  handle: async ({ ctx, params: { id, member }, body }, { images }: Deps) =>
    ok(await images.members.answer(ctx, id, { member, status: body.status })),
});

const removeMember = route({
  method: 'DELETE',
  path: '/v2/images/{id}/members/{member}',
  summary: 'Stop sharing an image with a project.',
  status: 204,
  handle: async ({ ctx, params }, { images }: Deps) => {
    await images.members.remove(ctx, params.id, params.member);
    return done();
  },
});

export const memberRoutes = [addMember, listMembers, showMember, answerOffer, removeMember];
