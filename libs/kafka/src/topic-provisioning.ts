/** Makes the topics be as the contract says, at every start of a process. */
import type { TopicContract } from '@landbridge/contracts';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';
import { askOfFreshTopic, askOfTopics } from './kafka-answers.js';

export interface Provisioned {
  readonly created: readonly string[];
  /** Topics whose settings differed and were set. */
  readonly altered: readonly string[];
}

/** Topics that exist with another number of partitions: keys would stand in other partitions than before. Only a rebuild may change it. */
export class PartitionCountMismatch extends Error {
  constructor(readonly topics: readonly { readonly name: string; readonly wanted: number; readonly found: number }[]) {
    const faults = topics.map(
      ({ name, wanted, found }) => `${name} has ${found} partitions, the contract says ${wanted}`,
    );
    super(faults.join('; '));
    this.name = 'PartitionCountMismatch';
  }
}

/** Of a broker that creates the topic's files on a busy disk. */
const createTimeoutMs = 15_000;

/**
 * Creates what is missing and sets settings that differ; changes nothing when all is right. Several processes may do it at once.
 * Throws `PartitionCountMismatch` before anything was changed, and kafkajs' error when Kafka cannot be reached or refuses.
 */
export async function provisionTopics(kafka: Kafka, contracts: readonly TopicContract[]): Promise<Provisioned> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await askOfTopics(() => admin.listTopics()));
    const known = contracts.filter(({ name }) => existing.has(name));
    await askOfFreshTopic(() => checkPartitions(admin, known));
    const missing = contracts.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) await create(admin, missing);
    // Created by another process at the same moment, with another contract perhaps.
    await askOfFreshTopic(() => checkPartitions(admin, missing));
    const altered = await askOfFreshTopic(() => alterSettings(admin, contracts));
    return { created: missing.map(({ name }) => name), altered };
  } finally {
    await admin.disconnect();
  }
}

async function create(admin: Admin, missing: readonly TopicContract[]): Promise<void> {
  await admin.createTopics({
    // kafkajs waits through one of the three answers that a fresh topic gives, and fails on the others.
    waitForLeaders: false,
    timeout: createTimeoutMs,
    topics: missing.map(({ name, partitions, settings }) => ({
      topic: name,
      numPartitions: partitions,
      configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
    })),
  });
}

async function checkPartitions(admin: Admin, contracts: readonly TopicContract[]): Promise<void> {
  // Without names kafkajs would ask for all topics.
  if (contracts.length === 0) return;
  const { topics } = await askOfTopics(() => admin.fetchTopicMetadata({ topics: contracts.map(({ name }) => name) }));
  const faults = contracts.flatMap(({ name, partitions: wanted }) => {
    const found = topics.find((topic) => topic.name === name)?.partitions.length ?? 0;
    return found === wanted ? [] : [{ name, wanted, found }];
  });
  if (faults.length > 0) throw new PartitionCountMismatch(faults);
}

async function alterSettings(admin: Admin, contracts: readonly TopicContract[]): Promise<string[]> {
  if (contracts.length === 0) return [];
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: contracts.map(({ name }) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
  });
  const changes = contracts.flatMap(({ name, settings }) => {
    const entries = resources.find((resource) => resource.resourceName === name)?.configEntries ?? [];
    const now = new Map(entries.map((entry) => [entry.configName, entry.configValue]));
    if (Object.entries(settings).every(([setting, value]) => now.get(setting) === value)) return [];
    // This request replaces all settings of a topic, so an operator's own ones are sent along.
    const kept = entries
      .filter((entry) => entry.configSource === kafkajs.ConfigSource.TOPIC_CONFIG)
      .map((entry) => [entry.configName, entry.configValue] as const);
    const all = new Map([...kept, ...Object.entries(settings)]);
    return [{ name, configEntries: Array.from(all, ([setting, value]) => ({ name: setting, value })) }];
  });
  if (changes.length > 0) {
    await admin.alterConfigs({
      validateOnly: false,
      resources: changes.map((change) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, ...change })),
    });
  }
  return changes.map(({ name }) => name);
}
