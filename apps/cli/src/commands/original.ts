import { hash } from 'node:crypto';
import { kafkaSlice } from '@landbridge/config';
import { originalTopic } from '@landbridge/contracts';
import { parseOriginalPlace, readOriginal, type OriginalPlace } from '@landbridge/kafka';
import { exitCodes, UsageFault, type Command } from '../command.js';
import { withKafka } from '../kafka-failure.js';
import { Interrupted, withLog } from '../log-access.js';
import { readToolSettings } from '../tool-settings.js';

export const original: Command = {
  operands: 'PLACE|EVENT',
  description: [
    'Writes the message that an event was read from to the output, byte for byte as its carrier sent it. PLACE is partition/offset, as the',
    'event has it in data.original.at, or partition-offset, as the answer to its carrier has it in original; EVENT is the whole event in',
    'JSON, and its digest is then compared as well.',
  ].join('\n'),
  options: { info: { type: 'boolean', help: 'what is known of it as JSON, instead of its bytes' } },
  async run({ arguments: args, env, terminal, signal }) {
    const { place, digest } = wantedOriginal(args.onlyOperand('place or event'));
    const { kafka } = readToolSettings(env, [kafkaSlice]);
    const plan = { settings: kafka, topics: [originalTopic], groupIdPrefix: 'landbridge-original', signal };
    return withKafka(kafka, terminal, async () => {
      try {
        const found = await withLog(plan, (log) => readOriginal(log, place));
        if (found === undefined) {
          terminal.note(`no original stands at ${place.partition}/${place.offset}`);
          return exitCodes.failed;
        }
        const { bytes, ...known } = found;
        if (args.flag('info')) terminal.printJson({ ...known, bytes: bytes.length });
        else terminal.printBytes(bytes);
        if (hash('sha256', bytes) === known.digest && known.digest === (digest ?? known.digest)) return exitCodes.ok;
        terminal.note('its digest is another one: these are not the bytes that the event was read from');
        return exitCodes.failed;
      } catch (error) {
        if (error instanceof Interrupted) return exitCodes.failed;
        throw error;
      }
    });
  },
};

interface WantedOriginal {
  readonly place: OriginalPlace;
  /** That the event names, hex. */
  readonly digest: string | undefined;
}

/** What the operand names. Throws a `UsageFault` where it names no original. */
function wantedOriginal(operand: string): WantedOriginal {
  const named = operand.trimStart().startsWith('{') ? namedByEvent(operand) : { at: operand };
  const place = named.at === undefined ? undefined : parseOriginalPlace(named.at);
  if (place === undefined)
    throw new UsageFault('a place is partition/offset or partition-offset, and an event has one as data.original.at');
  return { place, digest: named.digest };
}

interface NamedOriginal {
  readonly at?: string;
  readonly digest?: string;
}

function namedByEvent(text: string): NamedOriginal {
  try {
    const event = JSON.parse(text) as { readonly data?: { readonly original?: NamedOriginal } };
    return event.data?.original ?? {};
  } catch (error) {
    throw new UsageFault('the event is not JSON', { cause: error });
  }
}
