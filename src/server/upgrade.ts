import { IncomingMessage } from 'node:http';

/**
 * The requests of an HTTP server on which a protocol is changed only where `mayUpgrade` says so. As soon as
 * anybody listens for `upgrade`, Node hands over every request with an Upgrade header, whatever it asks for.
 * RFC 9110 has a server ignore what it does not know: Java's HttpClient and `curl --http2` ask for `h2c` by
 * default, and want their answer over HTTP/1.1.
 * @returns the option `IncomingMessage` of `http.createServer`
 */
export function upgradeOnlyIf(mayUpgrade: (request: IncomingMessage) => boolean): typeof IncomingMessage {
  return class extends IncomingMessage {
    declare private asked: boolean;

    /** Node sets it to what the client asks for, and reads it to know what to do. */
    set upgrade(asked: boolean) {
      this.asked = asked;
    }
    get upgrade(): boolean {
      return this.asked && mayUpgrade(this);
    }
  };
}

/** Is it the opening handshake of a WebSocket? */
export function isWebSocketHandshake({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}
