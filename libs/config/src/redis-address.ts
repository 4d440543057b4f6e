/**
 * Where Redis is: one server as a `redis://` URL, or a Redis Cluster as `redis+cluster://` with some of its masters.
 *
 * A cluster's URL is no URL to the standard, which knows one host; so it is read here, and nowhere else. It has no path: a cluster has
 * only database 0, and a number that is silently not used would mislead.
 */
export type RedisAddress =
  | { readonly kind: 'single'; readonly url: string; readonly nodes: readonly RedisNode[] }
  | {
      readonly kind: 'cluster';
      /** Those to begin with: the cluster tells of the others. */
      readonly nodes: readonly RedisNode[];
      readonly tls: boolean;
      readonly username: string | undefined;
      readonly password: string | undefined;
    };

export interface RedisNode {
  /** A name or an address, an IPv6 address without its brackets. */
  readonly host: string;
  readonly port: number;
}

/** A client needs one master that answers; a list of more than this is a mistake. */
const nodesMax = 20;
const defaultPort = 6379;

const clusterForm = /^redis(s?)\+cluster:\/\/(?:([^:@/\s]*)(?::([^@/\s]*))?@)?([^@/?#\s]+)$/;
const nodeForm = /^([A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::(\d{1,5}))?$/;

/** Reads the address, or gives undefined where it is none. Never throws: the text may hold a password, and an error would repeat it. */
export function redisAddress(text: string): RedisAddress | undefined {
  return clusterAddress(text) ?? singleAddress(text);
}

function singleAddress(text: string): RedisAddress | undefined {
  const url = URL.parse(text);
  if (url === null || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { kind: 'single', url: text, nodes: [{ host, port: Number(url.port || defaultPort) }] };
}

function clusterAddress(text: string): RedisAddress | undefined {
  const [, tls, username = '', password = '', list] = clusterForm.exec(text) ?? [];
  const nodes = list?.split(',').map(nodeOf) ?? [];
  if (nodes.length === 0 || nodes.length > nodesMax || nodes.includes(undefined)) return undefined;
  const credentials = [username, password].map(decoded);
  if (credentials.includes(undefined)) return undefined;
  return {
    kind: 'cluster',
    nodes: nodes as RedisNode[],
    tls: tls === 's',
    username: credentials[0] || undefined,
    password: credentials[1] || undefined,
  };
}

function nodeOf(text: string): RedisNode | undefined {
  const [, host, port = String(defaultPort)] = nodeForm.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** Percent signs stand for characters that would end the password. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
