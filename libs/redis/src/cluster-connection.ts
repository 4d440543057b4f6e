/**
 * The connection to a Redis Cluster, with the same two modes as to one server.
 *
 * A command whose master is away is sent again by way of the other nodes, which know who has taken over its slots; so a failover needs
 * nothing of us. ioredis counts these redirections, and the bound on them is the bound on waiting:
 * - `wait`: about a quarter of a minute for a master that refuses connections; then the command fails, the batch of its partition comes
 *   again, and the partitions of the other masters have gone on all the time;
 * - `fail-fast`: whatever a command waits for, it ends within the same two seconds as on one server.
 * Refused: connections to single nodes that reconnect by themselves (`clusterNodeRetryStrategy`), because commands queued for a node
 * that was failed over would never end.
 */
import type { RedisAddress } from '@landbridge/config';
import { Cluster, type ClusterOptions, type Redis, type RedisOptions } from 'ioredis';
import type { RedisLog, RedisMode } from './connection.js';

/** A dead master costs two redirections a pause (refused, and sent back by another node), a cluster that is not whole costs one. */
const redirectionsMax: Readonly<Record<RedisMode, number>> = { wait: 120, 'fail-fast': 16 };
const pauseMs: Readonly<Record<RedisMode, number>> = { wait: 250, 'fail-fast': 100 };

/** Commands of a reader that may wait for the first node to answer: a few questions at once, each over all partitions. */
const waitingCommandsMax = 1_000;

/** Masters that moved are seen after this, also where no command was redirected. */
const slotsRefreshMs = 10_000;

interface ConnectionBounds {
  readonly socketOptions: Pick<RedisOptions, 'protocol' | 'socketTimeout' | 'keepAlive'> & {
    readonly connectTimeout: number;
  };
  readonly commandTimeoutMs: number;
  /** The pause before an attempt to find the cluster again, when none of its nodes is reachable. */
  readonly reconnectMs: (attempt: number) => number;
}

type ClusterAddress = Extract<RedisAddress, { kind: 'cluster' }>;

export function connectCluster(
  address: ClusterAddress,
  mode: RedisMode,
  bounds: ConnectionBounds,
  log: RedisLog,
): Cluster {
  const nodes = [...address.nodes];
  const options = clusterOptions(address, mode, bounds);
  const cluster =
    mode === 'wait' ? new Cluster(nodes, options) : new FailFastCluster(nodes, options, bounds.commandTimeoutMs);
  tellOutages(cluster, log);
  return cluster;
}

function clusterOptions({ tls, username, password }: ClusterAddress, mode: RedisMode, bounds: ConnectionBounds) {
  return {
    clusterRetryStrategy: bounds.reconnectMs,
    maxRedirections: redirectionsMax[mode],
    retryDelayOnFailover: pauseMs[mode],
    retryDelayOnClusterDown: pauseMs[mode],
    retryDelayOnTryAgain: pauseMs[mode],
    slotsRefreshInterval: slotsRefreshMs,
    slotsRefreshTimeout: bounds.socketOptions.connectTimeout,
    redisOptions: {
      ...bounds.socketOptions,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls && { tls: {} }),
    },
    // A certificate is made out to a name: the name must not be replaced by what it resolves to.
    ...(tls && { dnsLookup: (host, done) => done(null, host) }),
  } satisfies ClusterOptions;
}

/** ioredis bounds a command from when a node gets it; here also from when it begins to wait for a node, and how many may wait. */
class FailFastCluster extends Cluster {
  private waiting = 0;

  constructor(
    nodes: ConstructorParameters<typeof Cluster>[0],
    options: ReturnType<typeof clusterOptions>,
    private readonly commandTimeoutMs: number,
  ) {
    super(nodes, options);
    this.on('ready', () => (this.waiting = 0));
  }

  override sendCommand(...[command, ...route]: Parameters<Cluster['sendCommand']>): unknown {
    command.setTimeout(this.commandTimeoutMs);
    // CLUSTER is what ioredis itself asks in order to become ready.
    if (this.status !== 'ready' && command.name !== 'cluster' && ++this.waiting > waitingCommandsMax) {
      command.reject(new Error('no node of the Redis Cluster is reachable'));
      return command.promise;
    }
    return super.sendCommand(command, ...route);
  }
}

/** One line when a node or the whole cluster goes away, and one when it is back. */
function tellOutages(cluster: Cluster, log: RedisLog): void {
  /** Addresses; at most the nodes that the cluster ever had. */
  const down = new Set<string>();
  let allDown = false;
  cluster.on('+node', (node: Redis) => {
    const address = `${node.options.host}:${node.options.port}`;
    node.on('error', (err: Error) => {
      if (!down.has(address)) log.warn({ err, node: address }, 'a node of the redis cluster is not reachable');
      down.add(address);
    });
    node.on('ready', () => {
      if (down.delete(address)) log.info({ node: address }, 'a node of the redis cluster is reachable again');
    });
  });
  cluster.on('error', (err: Error) => {
    if (!allDown) log.warn({ err }, 'no node of the redis cluster is reachable, trying again');
    allDown = true;
  });
  cluster.on('ready', () => {
    if (allDown) log.info({}, 'the redis cluster is reachable again');
    allDown = false;
  });
}
