import {
  Metadata,
  ResponderBuilder,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js';

/** A double that is not open to everybody: TLS, and one user. */
export interface Security {
  /** PEM */
  key: string;
  cert: string;
  user: string;
  password: string;
}

export const serverCredentials = (security: Security | undefined): ServerCredentials =>
  security === undefined
    ? ServerCredentials.createInsecure()
    : ServerCredentials.createSsl(null, [
        { private_key: Buffer.from(security.key), cert_chain: Buffer.from(security.cert) },
      ]);

/** Streams are for the user alone; what a client asks before (gossip, features) anybody may ask. */
export const onlyFor =
  ({ user, password }: Security): ServerInterceptor =>
  (method, call) => {
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const [given] = metadata.get('authorization');
        if (given === authorization || !method.path.includes('streams.Streams')) next(metadata);
        else if (given === undefined) call.sendStatus(accessDenied());
        else call.sendStatus({ code: status.UNAUTHENTICATED, details: 'Unauthenticated' });
      })
      .build();
    return new ServerInterceptingCall(
      call,
      new ResponderBuilder().withStart((next) => next(listener)).build(),
    );
  };

function accessDenied() {
  const metadata = new Metadata();
  metadata.set('exception', 'access-denied');
  return { code: status.PERMISSION_DENIED, details: 'Access Denied', metadata };
}
