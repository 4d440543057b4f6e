export { connectRedis, type RedisConnection, type RedisLog, type RedisMode } from './connection.js';
export { RedisQualityStore, unitsPerChangeMax, type QualityChange, type QualityReading } from './quality-store.js';
export { RedisGenerations } from './redis-generations.js';
export { RedisShardStore } from './redis-shard-store.js';
export { RedisSnapshots } from './redis-snapshots.js';
export { RequestMemory, type Claim, type ClaimToken, type NamedRequest } from './request-memory.js';
export { ThroughputReader } from './throughput-reader.js';
export { TokenLeases, type TokenLease, type TokenLimits } from './token-leases.js';
