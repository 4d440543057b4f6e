export { exampleEvents, subscriberDocument } from './subscriber-document.js';
export {
  apiDocument,
  jsonContent,
  problemContent,
  problemResponses,
  schemaRef,
  type ApiDescription,
  type ApiDocument,
  type JsonObject,
} from './api-document.js';
export { CanonicalEvent, eventTypes, systemOfType, type EventType } from './event-schema.js';
export { EventData, linksMax, originalTextMax, quantityMax } from './event-data.js';
export { futureFault, liesAhead } from './actual-time.js';
export { checkEvent, isPossibleTime, unitIdRule, type CheckedEvent, type EventCheck } from './event-check.js';
export {
  CarrierKey,
  CarrierLimits,
  credentialHash,
  credentialKinds,
  endOfKeyMs,
  hasScope,
  keyIdForm,
  keyScopes,
  kindOf,
  limitBounds,
  maySpeakFor,
  parseCarrierKey,
  type CredentialKind,
  type KeyScope,
} from './carrier-key.js';
export {
  deriveSigningSecret,
  formatSigningSecret,
  hmacSignature,
  hubSecretBytesMin,
  parsePublicKey,
  parseSigningSecret,
  signedPrefix,
  webhookHeaders,
  webhookToleranceSeconds,
} from './webhook-signature.js';
export {
  CarrierQuality,
  CountedEvent,
  CountedMeasure,
  IngestAnswer,
  MessageAnswer,
  RejectedEvent,
  StatisticsAnswer,
  StatisticsGroup,
} from './http-bodies.js';
export {
  buildingGenerationKey,
  dayKey,
  firstGeneration,
  formatBuilding,
  formatGeneration,
  idSegmentKey,
  liveGenerationKey,
  parseBuilding,
  parseGeneration,
  parseShardKey,
  requestCountKey,
  requestKey,
  seriesKey,
  shardKeyPattern,
  stateKey,
  yearKey,
  type BuildingGeneration,
  type RequestOwner,
  type ShardKey,
} from './keys.js';
export { parseQualityKey, qualityDayKey, qualityUnitKey, type CarrierName } from './quality-keys.js';
export { metricCatalogue, type MetricName, type MetricRow } from './metric-catalogue.js';
export { packCells, packedCellBytesMax, unpackCellEntries, unpackCells, writeCells } from './packed-cells.js';
export {
  problemContentType,
  problemDetails,
  problems,
  type Problem,
  type ProblemCode,
  type ProblemDetails,
} from './problems.js';
export {
  carrierKeyTopic,
  deadLetterHeaders,
  deadLetterTopic,
  eventTopicPartitions,
  eventTopics,
  originalBytesMax,
  originalHeaders,
  originalPartitionOf,
  originalTopic,
  sandboxTopic,
  systemOfTopic,
  topicContracts,
  type TopicContract,
} from './topics.js';
export { CanonicalParts, identityBytesOf, scanCanonical } from './canonical-scan.js';
export {
  limitBucketKey,
  limitDayKey,
  parseLimitKey,
  type LimitKey,
  type LimitSubject,
  type Purse,
} from './limit-keys.js';
