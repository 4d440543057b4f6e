export { readSettings, type Environment, type Reading } from './read-settings.js';
export { redisAddress, type RedisAddress } from './redis-address.js';
export {
  adminSlice,
  limitsSlice,
  mtlsSlice,
  oauthSlice,
  signingSlice,
  type AdminSettings,
  type LimitsSettings,
  type MtlsSettings,
  type OauthSettings,
} from './carrier-slices.js';
export { readSecretFile } from './secret-file.js';
export { serviceNodeFlags } from './service-node-flags.js';
export { settingsOrExit, type Terminal } from './settings-or-exit.js';
export type { Settings, Slice, SliceSettings } from './slice.js';
export {
  dataSlice,
  httpSlice,
  intakeSlice,
  kafkaSlice,
  laneSlice,
  logSlice,
  publishedSlice,
  reconcileSlice,
  redisSlice,
  type DataSettings,
  type HttpSettings,
  type IntakeSettings,
  type KafkaSettings,
  type LaneSettings,
  type LogSettings,
  type PublishedSettings,
  type ReconcileSettings,
  type RedisSettings,
} from './slices.js';
export { blockListOf } from './variable.js';
