import type { IncomingMessage } from 'node:http';
import { ErrorCode } from '../graphql/errors';
import { isLoopback, plainHost } from './host-names';
import { Refusal } from './refusal';

/** An address or a name, perhaps with a port. */
const HOST_HEADER = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/i;
const HINT = 'TIDEMARK_ALLOWED_HOSTS names the hosts that this server is called by';

/**
 * Accepts a request that calls the server by a loopback name, by the address that it reached, or by one of
 * `hosts`. This stops DNS rebinding: a page of another site, whose name resolves to this machine, still sends
 * that name as Host and Origin. Ports are not compared: a container is reached on another port than it
 * listens on.
 * @param hosts names and addresses without ports
 * @returns why a request is refused; undefined for one that is accepted
 */
export function hostCheck(hosts: readonly string[]): (request: IncomingMessage) => Refusal | undefined {
  const names = new Set(hosts.map(plainHost));
  return ({ headers: { host, origin }, socket }) => {
    const isOurs = (name: string): boolean =>
      isLoopback(name) || names.has(name) || name === socket.localAddress?.replace('::ffff:', '');
    const called = HOST_HEADER.exec(host ?? '')?.[1];
    if (called === undefined)
      return new Refusal(400, ErrorCode.BAD_REQUEST, 'The Host header is missing, or is no host name');
    if (!isOurs(plainHost(called)))
      return new Refusal(403, ErrorCode.FORBIDDEN, `Host ${called} is not served here: ${HINT}`);
    if (origin === undefined) return undefined;
    if (URL.canParse(origin) && isOurs(plainHost(new URL(origin).hostname))) return undefined;
    return new Refusal(
      403,
      ErrorCode.FORBIDDEN,
      `Pages of this Origin may not speak to this server: ${HINT}`,
    );
  };
}
