/**
 * The keys that a token's issuer publishes, from a URL or a file.
 *
 * Own fetch instead of the library's: the answer is bounded in time and bytes, and when the issuer is away, what was fetched before goes
 * on being used: an outage there must not shut the hub's door. Asked again when the set is old, or when a token names a key that is not
 * in it, but never more often than the pauses below, so that a stranger's tokens cannot make us a load on the issuer. Keys that cannot be
 * used are left out: whoever names one in a token would make its failure ours.
 */
import { open } from 'node:fs/promises';
import {
  createLocalJWKSet,
  errors,
  importJWK,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWK,
  type JWSHeaderParameters,
} from 'jose';

/** No key set was ever to be had. */
export class JwksUnavailable extends Error {
  override readonly name = 'JwksUnavailable';
}

export interface JwksSourceOptions {
  /** Reads the set; `readJwksOf` for production. */
  readonly read: () => Promise<unknown>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly onFailure: (error: unknown) => void;
}

/** Keys are changed days before they are used. */
const freshMs = 600_000;
/** A set that nobody asked for in so long is not used before it was tried to read a new one: its keys may be withdrawn. */
const oldMs = 2 * freshMs;
/** Between two attempts: after one that failed, and for a key that is not in the set. */
const retryMs = 5_000;
const unknownKeyMs = 30_000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

export class JwksSource {
  #keySet: KeySet | undefined;
  #readMs = -Infinity;
  #triedMs = -Infinity;
  #reading: Promise<void> | undefined;

  constructor(private readonly options: JwksSourceOptions) {}

  /** The key of a token, for `jwtVerify`. Rejects with jose's errors where there is none for it, and with `JwksUnavailable`. */
  readonly keyFor = async (header?: JWSHeaderParameters, token?: FlattenedJWSInput): Promise<CryptoKey> => {
    const nowMs = this.options.clock();
    if (this.#keySet === undefined) await this.#read(retryMs);
    else if (nowMs - this.#readMs > oldMs) await this.#read(retryMs);
    // Until the new one is there, this one is good.
    else if (nowMs - this.#readMs > freshMs) void this.#read(retryMs);
    if (this.#keySet === undefined) throw new JwksUnavailable('the key set was never read');
    try {
      return await this.#keySet(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#read(unknownKeyMs);
      return this.#keySet(header, token);
    }
  };

  /** Reads the set, one attempt at a time and none within `pauseMs` of the last. Never rejects. */
  #read(pauseMs: number): Promise<void> {
    if (this.#reading) return this.#reading;
    const nowMs = this.options.clock();
    if (nowMs - this.#triedMs < pauseMs) return Promise.resolve();
    this.#triedMs = nowMs;
    this.#reading = this.#readOnce(nowMs).finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readOnce(nowMs: number): Promise<void> {
    try {
      const published = (await this.options.read()) as JSONWebKeySet;
      // It throws for what is no key set.
      createLocalJWKSet(published);
      const faults = await Promise.all(published.keys.map(faultOf));
      this.#keySet = createLocalJWKSet({ keys: published.keys.filter((_key, at) => faults[at] === undefined) });
      this.#readMs = nowMs;
      const found = faults.filter((fault) => fault !== undefined);
      if (found.length > 0) this.options.onFailure(new AggregateError(found, 'some keys of the set cannot be used'));
    } catch (error) {
      this.options.onFailure(error);
    }
  }
}

/** The algorithms that can be set, by the kind of a key: a token is never looked up among other keys. */
const algorithms: Readonly<Record<string, string>> = { RSA: 'RS256', 'EC P-256': 'ES256', 'OKP Ed25519': 'EdDSA' };
/** RFC 7518, section 3.3. */
const rsaBitsMin = 2_048;

/** Why a key cannot verify a token of ours; undefined where it can, or is for something else. */
async function faultOf(jwk: JWK): Promise<unknown> {
  const algorithm = algorithms[jwk.crv === undefined ? String(jwk.kty) : `${jwk.kty} ${jwk.crv}`];
  if (algorithm === undefined || (jwk.alg !== undefined && jwk.alg !== algorithm)) return undefined;
  if (jwk.use !== undefined && jwk.use !== 'sig') return undefined;
  try {
    const key = await importJWK(jwk, algorithm);
    if (key instanceof Uint8Array || !('modulusLength' in key.algorithm)) return undefined;
    const bits = Number(key.algorithm.modulusLength);
    return bits < rsaBitsMin ? new Error(`an RSA key has ${bits} bits, and needs ${rsaBitsMin}`) : undefined;
  } catch (error) {
    return error;
  }
}

const readDeadlineMs = 3_000;
/** A set of a hundred keys has some 50 KiB. */
const jwksBytesMax = 262_144;

/** Reads a key set from a URL or, where that is empty, from a file. Rejects when it takes too long, is too large or is no JSON. */
export async function readJwksOf({ jwksUrl, jwksFile }: { readonly jwksUrl: string; readonly jwksFile: string }) {
  const text = jwksUrl === '' ? await readFileBounded(jwksFile) : await fetchBounded(jwksUrl);
  return JSON.parse(text) as unknown;
}

async function fetchBounded(url: string): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    signal: AbortSignal.timeout(readDeadlineMs),
    redirect: 'error',
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new Error(`the key set is answered with ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > jwksBytesMax) throw new Error(`the key set has over ${jwksBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readFileBounded(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(jwksBytesMax + 1), 0, jwksBytesMax + 1, 0);
    if (bytesRead > jwksBytesMax) throw new Error(`the key set has over ${jwksBytesMax} bytes`);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
