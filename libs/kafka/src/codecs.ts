/**
 * The codecs that a foreign producer may have used. kafkajs reads gzip and nothing else; our event topics are provisioned with
 * `compression.type=uncompressed`, so the broker itself unpacks whatever arrives. This is for topics that are not.
 *
 * zstd comes with Node. lz4 and snappy do not: a topic that holds them stops the consumer with a text that says what to do, and kafkajs
 * reports it as a crash without restart, so the process ends instead of spinning.
 */
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';

/** A batch has at most 2 MiB on the wire; JSON shrinks tenfold or so. What unpacks to more than this is an attack or damage. */
const unpackedBytesMax = 134_217_728;

const compressAsync = promisify(zstdCompress);
const decompressAsync = promisify(zstdDecompress);

/** Idempotent; the registry is kafkajs' own and shared by all clients of the process. */
export function registerCodecs(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types, KafkaJSNonRetriableError } = kafkajs;
  const unreadable = (codec: string) => () => {
    const refuse = async (): Promise<never> => {
      throw new KafkaJSNonRetriableError(
        `a batch is compressed with ${codec}, which this process cannot read: set compression.type=uncompressed on its topic, ` +
          'and have the records that stand there already sent again',
      );
    };
    return { compress: refuse, decompress: refuse };
  };
  codecs[types.ZSTD] = () => ({
    compress: ({ buffer }: { readonly buffer: Buffer }) => compressAsync(buffer),
    decompress: (buffer: Buffer) => decompressAsync(buffer, { maxOutputLength: unpackedBytesMax }),
  });
  codecs[types.LZ4] = unreadable('lz4');
  codecs[types.Snappy] = unreadable('snappy');
}
