import { describe, expect, it } from '@jest/globals';
import { answerAmong, askOfFreshTopic, askOfTopics } from './kafka-answers.js';

const answered = (type: string): Error => Object.assign(new Error(type), { type });

describe('an answer of Kafka', () => {
  it('is found in the error and in what caused it', () => {
    const names = new Set(['MESSAGE_TOO_LARGE']);
    expect(answerAmong(answered('MESSAGE_TOO_LARGE'), names)).toBe('MESSAGE_TOO_LARGE');
    const wrapped = new Error('retries exceeded', {
      cause: new Error('again', { cause: answered('MESSAGE_TOO_LARGE') }),
    });
    expect(answerAmong(wrapped, names)).toBe('MESSAGE_TOO_LARGE');
  });

  it('is not found in another fault, in what is no error, or in a ring of causes', () => {
    const names = new Set(['MESSAGE_TOO_LARGE']);
    const ring = new Error('ring');
    ring.cause = ring;
    for (const other of [answered('NOT_CONTROLLER'), new Error('socket'), 'MESSAGE_TOO_LARGE', undefined, ring])
      expect(answerAmong(other, names)).toBeUndefined();
  });
});

describe('a question about a fresh topic', () => {
  it('is asked until the broker has heard of the topic', async () => {
    const answers = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE', 'NOT_LEADER_FOR_PARTITION'];
    await expect(
      askOfFreshTopic(() => {
        const type = answers.shift();
        return type === undefined ? Promise.resolve('its offsets') : Promise.reject(answered(type));
      }),
    ).resolves.toBe('its offsets');
  });

  it('is not asked again after another fault', async () => {
    let asked = 0;
    const refused = answered('TOPIC_AUTHORIZATION_FAILED');
    await expect(
      askOfFreshTopic(() => {
        asked += 1;
        return Promise.reject(refused);
      }),
    ).rejects.toBe(refused);
    expect(asked).toBe(1);
  });
});

describe('a question for all topics', () => {
  /** What kafkajs has in hand where none of its brokers could be asked. */
  const none = (): Promise<{ topicMetadata: string[] }> => Promise.resolve(JSON.parse('null'));

  it.each([
    ['listTopics', async () => void (({ topicMetadata }) => topicMetadata)(await none())],
    ['fetchTopicMetadata', async () => void (await none()).topicMetadata],
  ])('that no broker answers any more is a fault of the log, and not a bug of ours: %s', async (_name, ask) => {
    await expect(ask()).rejects.toThrow(TypeError);
    const fault = await askOfTopics(ask).catch((error: unknown) => error);
    expect(fault).not.toBeInstanceOf(TypeError);
    expect(fault).toMatchObject({ message: 'no broker answers any more', cause: expect.any(TypeError) });
  });

  it('that has another fault throws that', async () => {
    for (const fault of [new TypeError('of ours'), answered('TOPIC_AUTHORIZATION_FAILED')])
      await expect(askOfTopics(() => Promise.reject(fault))).rejects.toBe(fault);
  });
});
