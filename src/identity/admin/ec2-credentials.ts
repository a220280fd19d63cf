import { findUser } from '../../db/stores/identity/users.ts';
import type { Context } from '../../lib/context/context.ts';
import { ACCESS_KEY, type AccessKey, accessKeyOf, blobOf, idOfAccess } from '../credentials/access-key.ts';
import { EntityNotFound } from '../errors.ts';
import type { Credentials } from './credentials.ts';
import { type AdminDeps, authorize } from './deps.ts';

/** Bytes of each part of a key: 32 hex digits, as Keystone's. */
const PART_BYTES = 16;

/** Access keys as `openstack ec2 credentials` manages them: credentials whose parts are generated. */
export class Ec2Credentials {
  readonly #deps: AdminDeps;
  readonly #credentials: Credentials;

  constructor(deps: AdminDeps, credentials: Credentials) {
    this.#deps = deps;
    this.#credentials = credentials;
  }

  async list(ctx: Context, userId: string): Promise<readonly AccessKey[]> {
    const found = await this.#credentials.list(ctx, { userId, type: ACCESS_KEY }, 'identity:ec2_list_credentials');
    if (found.length === 0 && !(await findUser(this.#deps.db, userId))) throw EntityNotFound({ entity: 'user', id: userId });
    return found.flatMap((credential) => accessKeyOf(credential) ?? []);
  }

  async show(ctx: Context, userId: string, access: string): Promise<AccessKey> {
    return await this.#ofUser(ctx, userId, access, 'identity:ec2_get_credential');
  }

  async create(ctx: Context, { userId, projectId }: Pick<AccessKey, 'userId' | 'projectId'>): Promise<AccessKey> {
    const key = { access: this.#deps.ids.hex(PART_BYTES), secret: this.#deps.ids.hex(PART_BYTES), userId, projectId };
    const wanted = { type: ACCESS_KEY, blob: blobOf(key), userId, projectId };
    return accessKeyOf(await this.#credentials.create(ctx, wanted, 'identity:ec2_create_credential')) ?? key;
  }

  async delete(ctx: Context, userId: string, access: string): Promise<void> {
    await this.#ofUser(ctx, userId, access, 'identity:ec2_delete_credential');
    await this.#credentials.delete(ctx, idOfAccess(access), 'identity:ec2_delete_credential');
  }

  async #ofUser(
    ctx: Context,
    userId: string,
    access: string,
    rule: 'identity:ec2_get_credential' | 'identity:ec2_delete_credential',
  ): Promise<AccessKey> {
    authorize(this.#deps, ctx, rule, { 'target.user.id': userId });
    const key = accessKeyOf(await this.#credentials.show(ctx, idOfAccess(access), rule));
    if (key?.userId !== userId) throw EntityNotFound({ entity: 'credential', id: access });
    return key;
  }
}
