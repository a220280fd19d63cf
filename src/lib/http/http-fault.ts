// Refusals that only HTTP knows: no such path, wrong method, too large. Everything else is a NovaError with a kind.

/** A refusal with its status; the message is public. Edges give it the shape that their clients know. */
export class HttpFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'HttpFault';
    this.status = status;
    this.headers = headers;
  }
}

/** No such path, or not at this version. */
export const notFound = (): HttpFault => new HttpFault(404, 'The resource could not be found.');

/** The path exists, but not with this method. */
export const badMethod = (allowed: readonly string[]): HttpFault =>
  new HttpFault(405, 'The method is not allowed for this resource.', { Allow: allowed.join(', ') });

/** The body is larger than the service reads. */
export const tooLarge = (): HttpFault => new HttpFault(413, 'Request is too large.');

/** The URL is no URL, or holds what is no text. */
export const malformedUrl = (): HttpFault => new HttpFault(400, 'Malformed request url');
