import { IncomingMessage } from 'node:http';

/**
 * Lets the protocol change only on the requests that `mayUpgrade` accepts. Once anything listens for
 * `upgrade`, Node hands over every request that has an Upgrade header, whichever protocol that names. Java's
 * HttpClient and `curl --http2` ask for `h2c` by default and want their answer over HTTP/1.1: RFC 9110 has a
 * server ignore a protocol that it does not know.
 * @returns the option `IncomingMessage` of `http.createServer`
 */
export function upgradeOnlyIf(mayUpgrade: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class extends IncomingMessage {
    declare private asked: boolean;

    /** Node sets it to whether the client asks, and reads it to decide what to do. */
    set upgrade(asked: boolean) {
      this.asked = asked;
    }
    get upgrade(): boolean {
      return this.asked && mayUpgrade(this);
    }
  };
}

/** Whether a request is the opening handshake of a WebSocket. */
export function isWebSocketHandshake({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
