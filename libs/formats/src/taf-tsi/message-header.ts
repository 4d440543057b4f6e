/** What the header of a TAF TSI message says of the statement: new, changed, or taken back. */
import { revisionAt } from '../event-identity.js';
import { cut, type MessageEntry } from '../xml/message-entry.js';
import { timeOf } from '../xml/xml-time.js';

export interface Correction {
  readonly revision?: number;
  readonly retracted?: boolean;
}

/**
 * MessageStatus: 1 creates, 2 changes, 3 takes back. Where the newest statement stands, as with forecasts, a creation is numbered too.
 * The identifier of the message plays no part: it is that of the transmission, and some senders leave it as their template has it.
 * Refusals: invalid_message, invalid_time.
 */
export function correctionOf(message: MessageEntry, newestStands: boolean): Correction {
  const status = message.text('MessageStatus') ?? '1';
  if (!/^[123]$/.test(status))
    message.refuse({ detail: `MessageStatus is ${cut(status)}`, expected: '1, 2 or 3' }, message.find('MessageStatus'));
  if (status === '1' && !newestStands) return {};
  const made = message.find('MessageHeader', 'MessageReference', 'MessageDateTime');
  if (made === undefined)
    return message.refuse({ detail: 'MessageDateTime is missing', expected: 'when the correction was made' });
  const revision = revisionAt(timeOf(message, made, undefined).timeMs);
  return status === '3' ? { revision, retracted: true } : { revision };
}
