import { findCredential } from '../db/stores/identity/credentials.ts';
import type { CloudDb } from '../db/sql/queries.ts';
import type { Ids } from '../lib/clock/ids.ts';
import type { Context } from '../lib/context/context.ts';
import type { Standing, Token } from '../objects/principal.ts';
import { callerElsewhere } from './authenticate.ts';
import { accessKeyOf, idOfAccess } from './credentials/access-key.ts';
import { CredentialBox } from './credentials/credential-box.ts';
import type { IdentityDriver } from './driver.ts';
import { AccessKeyNotFound, AuthenticationFailed, SignatureRefused } from './errors.ts';
import type { Tokens } from './tokens.ts';

export interface AccessKeyDeps {
  readonly db: CloudDb;
  readonly ids: Ids;
  readonly driver: Pick<IdentityDriver, 'principal'>;
  readonly tokens: Pick<Tokens, 'issue'>;
}

/** Whether the secret of a key made the signature that is checked. It must not keep the secret. */
export type SignatureCheck = (secret: string) => boolean;

/** Finds who signed a request with an access key. The secret is only shown to the check of the signature. */
export class AccessKeyApi {
  readonly #deps: AccessKeyDeps;
  readonly #box: CredentialBox;

  constructor(deps: AccessKeyDeps) {
    this.#deps = deps;
    this.#box = new CredentialBox(deps);
  }

  /** The key's user in its project, with their present roles there. */
  async prove(access: string, check: SignatureCheck): Promise<Standing> {
    const row = await findCredential(this.#deps.db, idOfAccess(access));
    const key = row && accessKeyOf(await this.#box.open(row));
    if (!key) throw AccessKeyNotFound({ access });
    if (!check(key.secret)) throw SignatureRefused({});
    const standing = await this.#deps.driver.principal(key.userId, { project: { id: key.projectId } });
    if (!standing) throw AuthenticationFailed({});
    return standing;
  }

  /** Who signed a request, as the other services know them. */
  async identify(access: string, check: SignatureCheck, { requestId }: Pick<Context, 'requestId'>): Promise<Context> {
    return { requestId, ...callerElsewhere(await this.prove(access, check)) };
  }

  /** A token for who signed a request. */
  async tokenFor(access: string, check: SignatureCheck): Promise<Token> {
    return await this.#deps.tokens.issue(await this.prove(access, check), { methods: ['ec2credential'] });
  }
}
