import { formatNames, samplesByFormat, type FormatName } from '@landbridge/formats';
import { exitCodes, UsageFault, type Command } from '../command.js';

export const sample: Command = {
  operands: 'FORMAT [NAME]',
  description: [
    'Prints a sample message of a format: valid ones to start from, and deliberately invalid ones, one for each kind of fault.',
    `Without a name it lists what there is. Formats: ${formatNames.join(', ')}.`,
    'Try one: landbridge sample cargo-imp NAME | landbridge check -',
  ].join('\n'),
  options: { json: { type: 'boolean', help: 'the samples as JSON' } },
  async run({ arguments: args, terminal }) {
    const [format, name, ...others] = args.operands;
    const known = formatNames.join(', ');
    if (format === undefined) throw new UsageFault(`a format is needed: one of ${known}`);
    if (!(formatNames as readonly string[]).includes(format))
      throw new UsageFault(`there is no format ${JSON.stringify(format)}; there are ${known}`);
    if (others.length > 0) throw new UsageFault('at most a format and the name of one sample are taken');
    const samples = samplesByFormat[format as FormatName];
    if (name === undefined) {
      if (args.flag('json')) terminal.printJson(samples);
      else
        for (const { name: one, valid, says } of samples)
          terminal.print(`${terminal.style(valid ? 'green' : 'red', valid ? 'valid  ' : 'invalid')} ${one}: ${says}`);
      return exitCodes.ok;
    }
    const found = samples.find((one) => one.name === name);
    if (found === undefined) {
      terminal.note(`${format} has no sample ${JSON.stringify(name)}: landbridge sample ${format} lists them`);
      return exitCodes.failed;
    }
    if (args.flag('json')) terminal.printJson(found);
    else terminal.print(found.text);
    return exitCodes.ok;
  },
};
