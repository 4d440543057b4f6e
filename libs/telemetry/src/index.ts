export { checkDeadlineMs, HealthBoard, type Check, type CheckFunction, type Health } from './health-board.js';
export { createLogger, type Logger, type LoggerOptions } from './logger.js';
export {
  collectDeadlineMs,
  createMetrics,
  Metrics,
  type Collect,
  type CollectFailure,
  type CounterName,
  type GaugeName,
  type HistogramName,
} from './metrics.js';
export { nestLogger } from './nest-logger.js';
