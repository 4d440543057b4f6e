export {
  LandbridgeClient,
  rejectedKeptMax,
  type BatchFailure,
  type ClientOptions,
  type PostOptions,
  type PostProgress,
  type PostResult,
} from './landbridge-client.js';
export type { PostProblem, RequestSurroundings } from './batch-request.js';
export type { RetryPolicy } from './retry-delay.js';
export type { SigningKey } from './request-credentials.js';
