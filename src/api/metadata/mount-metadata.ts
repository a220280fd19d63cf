// Mounts the metadata service: verify the proof, look up the server, answer a file or a listing. Guests are untrusted: paths are only looked up.
import type { Guest } from '../../compute/servers/guest-metadata-api.ts';
import type { Exchange, HttpAnswer } from '../../lib/http/exchange.ts';
import type { HttpServer } from '../../lib/http/http-server.ts';
import { decodedSegments } from '../../lib/http/path-router.ts';
import type { Log } from '../../lib/log/log.ts';
import { ec2Tree, ec2Versions } from '../../objects/guest-metadata/ec2-tree.ts';
import type { GuestMetadata } from '../../objects/guest-metadata/guest-metadata.ts';
import { openstackTree, openstackVersions } from '../../objects/guest-metadata/openstack-tree.ts';
import { listingOf, type Node, nodeAt, text } from '../../objects/guest-metadata/tree.ts';
import { proofOf } from './proof.ts';

export interface MetadataMount {
  /** The metadata of a guest; undefined when no server matches. */
  readonly metadata: { find(guest: Guest): Promise<GuestMetadata | undefined> };
  /** Shared with the hosts' proxies (`metadata_proxy_shared_secret`). */
  readonly secret: string;
  readonly log: Log;
}

/** Longer than any path a well-behaved guest requests, in characters. */
const MAX_PATH = 1_024;

/** Serves the EC2 and OpenStack trees at the root. */
export function mountMetadata(server: HttpServer, mount: MetadataMount): void {
  server.mount('', (exchange) => answer(exchange, mount));
}

async function answer(exchange: Exchange, { metadata, secret, log }: MetadataMount): Promise<HttpAnswer> {
  const proof = proofOf(exchange.headers, secret);
  if ('because' in proof) {
    log.warn(
      { because: proof.because, remoteAddress: exchange.remoteAddress, requestId: exchange.requestId },
      'a metadata request is refused',
    );
    return refusal(proof.status, proof.because);
  }
  if (exchange.method !== 'GET' && exchange.method !== 'HEAD')
    return refusal(405, 'The metadata service is only read.', { Allow: 'GET, HEAD' });
  const guest = await metadata.find(proof.guest);
  const node = guest && nodeFor(guest, exchange.fullPath);
  return node ? rendered(node) : refusal(404, 'Not Found');
}

function nodeFor(guest: GuestMetadata, path: string): Node | undefined {
  const segments = path.length <= MAX_PATH ? decodedSegments(path) : undefined;
  if (!segments) return undefined;
  const [root, ...rest] = segments[0] === 'ec2' || segments[0] === 'openstack' ? segments : ['ec2', ...segments];
  const [tree, versions] = root === 'openstack' ? [openstackTree, openstackVersions] : [ec2Tree, ec2Versions];
  // Unlike other directories, versions are listed as plain names in version order.
  return rest.length === 0 ? text(versions.join('\n')) : nodeAt(tree(guest), rest);
}

const rendered = (node: Node): HttpAnswer => {
  const file = node.kind === 'directory' ? text(listingOf(node)) : node;
  return { status: 200, headers: { 'Content-Type': file.contentType, 'Cache-Control': 'no-store' }, body: file.read() };
};

const refusal = (status: number, body: string, headers: Record<string, string> = {}): HttpAnswer => ({
  status,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers },
  body,
});
