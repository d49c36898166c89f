// The double as a process of its own: `node run-typescript.js serve.ts <file of the log> [port [Security as
// JSON]]`; a parent sets faults by messages.
import { randomUUID } from 'node:crypto';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import * as gossip from '@eventstore/db-client/generated/gossip_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import * as features from '@eventstore/db-client/generated/serverfeatures_pb';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import * as pb from '@eventstore/db-client/generated/streams_pb';
import { Server, type sendUnaryData, type UntypedServiceImplementation } from '@grpc/grpc-js';
import { append, batchAppend, type Double, failure, remove } from './append-calls';
import { type Command, NO_FAULTS, type Report } from './faults';
import { read } from './read-call';
import { onlyFor, type Security, serverCredentials } from './security';
import { ServerLog } from './server-log';

const LIMIT_BYTES = 16 * 1024 * 1024;

const report = (message: Report) => process.send?.(message);

const double: Double = {
  log: new ServerLog(process.argv[2] as string),
  faults: structuredClone(NO_FAULTS),
  census: { append: 0, batchAppend: 0, features: 0, subscriptions: 0, scanned: 0 },
  port: 0,
  cut: () => report({ cut: true }),
};

function supportedMethods(reply: sendUnaryData<features.SupportedMethods>): void {
  double.census.features++;
  const { featuresCode, batchAppend: hasBatch } = double.faults;
  if (featuresCode.times > 0) {
    featuresCode.times--;
    reply(failure(featuresCode.code, 'as asked for'));
    return;
  }
  const method = new features.SupportedMethod()
    .setServiceName('event_store.client.streams.streams')
    .setMethodName(hasBatch ? 'batchappend' : 'append');
  reply(null, new features.SupportedMethods().setEventStoreServerVersion('24.10.0').setMethodsList([method]));
}

/** A cluster of this one node, as its leader. */
function members(reply: sendUnaryData<gossip.ClusterInfo>): void {
  const member = new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString(randomUUID()))
    .setState(gossip.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(double.port));
  reply(null, new gossip.ClusterInfo().setMembersList([member]));
}

const position = <P extends pb.DeleteResp.Position | pb.TombstoneResp.Position>(made: P, at: string): P =>
  made.setCommitPosition(at).setPreparePosition(at) as P;

const security = process.argv[4] ? (JSON.parse(process.argv[4]) as Security) : undefined;

const server = new Server({
  interceptors: security ? [onlyFor(security)] : [],
  'grpc.max_receive_message_length': LIMIT_BYTES,
  'grpc.max_send_message_length': LIMIT_BYTES,
});
server.addService(
  // The stubs' own types ask for every call there is.
  StreamsService as never,
  {
    read: (call: Parameters<typeof read>[1]) => void read(double, call),
    append: (call: Parameters<typeof append>[1], reply: Parameters<typeof append>[2]) =>
      append(double, call, reply),
    batchAppend: (call: Parameters<typeof batchAppend>[1]) => batchAppend(double, call),
    delete: (call: never, reply: sendUnaryData<pb.DeleteResp>) =>
      remove(double, call, reply, false, (at) =>
        new pb.DeleteResp().setPosition(position(new pb.DeleteResp.Position(), at)),
      ),
    tombstone: (call: never, reply: sendUnaryData<pb.TombstoneResp>) =>
      remove(double, call, reply, true, (at) =>
        new pb.TombstoneResp().setPosition(position(new pb.TombstoneResp.Position(), at)),
      ),
  } as unknown as UntypedServiceImplementation,
);
server.addService(
  ServerFeaturesService as never,
  {
    getSupportedMethods: (_: unknown, reply: sendUnaryData<features.SupportedMethods>) =>
      supportedMethods(reply),
  } as unknown as UntypedServiceImplementation,
);
server.addService(
  GossipService as never,
  {
    read: (_: unknown, reply: sendUnaryData<gossip.ClusterInfo>) => members(reply),
  } as unknown as UntypedServiceImplementation,
);

process.on('message', (command: Command) => {
  if ('set' in command) Object.assign(double.faults, command.set);
  double.log.undeleteMs = double.faults.undeleteMs;
  if ('strangers' in command) double.log.addStrangers(command.strangers);
  if ('port' in command) double.port = command.port;
  report('census' in command ? { census: double.census } : { done: true });
});
// Nobody is left who could stop it.
process.on('disconnect', () => process.exit());

const asked = Number(process.argv[3] ?? 0);
server.bindAsync(`127.0.0.1:${asked}`, serverCredentials(security), (error, port) => {
  if (error) throw error;
  double.port = port;
  if (process.send) report({ listening: port });
  else console.log(`esdb://127.0.0.1:${port}?tls=${security !== undefined}`);
});
