/**
 * How many messages a second each format reads on one core, sample by sample: from bytes to canonical events, as the door calls it.
 * No servers, no network.
 */
import { formatNames, messageFormats, samplesByFormat, type MessageFormat } from '@landbridge/formats';

/** One valid sample of one format. */
export interface FormatPace {
  readonly format: string;
  readonly sample: string;
  readonly bytes: number;
  readonly events: number;
  readonly messagesPerSecond: number;
  /** False where an event of the sample was not accepted, so that its speed means nothing. */
  readonly accepted: boolean;
}

/** Rounds are short, and the median of them stands, so that a single disturbance does not. */
const rounds = 9;
/** The clock is read once in so many messages. */
const messagesPerLook = 16;

/** Reads each valid sample for about so long, after as much of warming up. */
export function benchFormats(secondsPerSample: number): readonly FormatPace[] {
  return messageFormats
    .toSorted((a, b) => formatNames.indexOf(a.name) - formatNames.indexOf(b.name))
    .flatMap((format) =>
      (samplesByFormat[format.name] ?? [])
        .filter(({ valid }) => valid)
        .map(({ name, text }) => paceOf(format, name, Buffer.from(text, 'utf8'), secondsPerSample)),
    );
}

function paceOf(format: MessageFormat, sample: string, bytes: Buffer, seconds: number): FormatPace {
  const context = { source: 'urn:bench', hub: 'CGO', receivedAtMs: Date.UTC(2026, 2, 6), eventsMax: 1_000 };
  const read = () => format.read(bytes, context);
  const reading = read();
  const roundMs = (seconds * 1_000) / rounds;
  messagesPerSecondOf(read, seconds * 1_000);
  const paces = Array.from({ length: rounds }, () => messagesPerSecondOf(read, roundMs)).toSorted((a, b) => a - b);
  return {
    format: format.name,
    sample,
    bytes: bytes.length,
    events: reading.ok ? reading.items.length : 0,
    messagesPerSecond: Math.round(paces[rounds >> 1]!),
    accepted: reading.ok && reading.items.length > 0 && reading.items.every(({ ok }) => ok),
  };
}

function messagesPerSecondOf(read: () => unknown, forMs: number): number {
  const startedMs = performance.now();
  let messages = 0;
  let tookMs = 0;
  while (tookMs < forMs) {
    for (let i = 0; i < messagesPerLook; i++) read();
    messages += messagesPerLook;
    tookMs = performance.now() - startedMs;
  }
  return messages / (tookMs / 1_000);
}
