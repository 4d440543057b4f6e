export { connectRedis, type RedisConnection, type RedisLog, type RedisMode } from './connection.js';
export { RedisShardStore } from './redis-shard-store.js';
export { ThroughputReader } from './throughput-reader.js';
