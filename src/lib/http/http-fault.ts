// HTTP-level errors: no such path, wrong method, too large. All others are a NovaError with a kind.

/** An HTTP error with its status; the message is public. Each API renders it in its own format. */
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

/** The body did not arrive in time. The rest of it is not waited for, so the connection cannot serve on. */
export const tooSlow = (): HttpFault => new HttpFault(408, 'The request body did not arrive in time.', { Connection: 'close' });

/** The URL cannot be parsed or decodes to invalid text. */
export const malformedUrl = (): HttpFault => new HttpFault(400, 'Malformed request url');
