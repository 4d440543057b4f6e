export { connectRedis, type RedisConnection, type RedisLog, type RedisMode } from './connection.js';
export { RedisGenerations } from './redis-generations.js';
export { RedisShardStore } from './redis-shard-store.js';
export { RedisSnapshots } from './redis-snapshots.js';
export { ThroughputReader } from './throughput-reader.js';
