import { kafkaSlice } from '@landbridge/config';
import { topicContracts } from '@landbridge/contracts';
import { provisionTopics } from '@landbridge/kafka';
import { toolKafka } from '../carrier-key-log.js';
import { exitCodes, type Command } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import { readToolSettings } from '../tool-settings.js';

export const topicsProvision: Command = {
  description: [
    'Creates the topics that are missing and sets settings that differ from the contract. Changes nothing when all is right.',
    'The number of partitions of a topic is never changed: that is a rebuild.',
  ].join('\n'),
  options: { json: { type: 'boolean', help: 'the result as JSON' } },
  async run({ arguments: args, env, terminal }) {
    const { kafka } = readToolSettings(env, [kafkaSlice]);
    return withKafka(kafka, terminal, async () => {
      const { created, altered } = await provisionTopics(toolKafka(kafka), topicContracts);
      if (args.flag('json')) terminal.printJson({ created, altered });
      else {
        for (const topic of created) terminal.print(`created ${topic}`);
        for (const topic of altered) terminal.print(`altered ${topic}`);
        if (created.length + altered.length === 0)
          terminal.print(`all ${topicContracts.length} topics are as they should be`);
      }
      return exitCodes.ok;
    });
  },
};
