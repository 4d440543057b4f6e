export {
  formatNames,
  headBytes,
  type FormatFault,
  type FormatName,
  type MessageFormat,
  type MessageItem,
  type MessageReading,
  type ReadContext,
} from './message-format.js';
