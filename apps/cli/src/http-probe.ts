/**
 * Short questions to services over HTTP, whose answer may well be that nobody is there.
 */
export type Probe =
  | { readonly ok: true; readonly status: number; readonly text: string }
  | { readonly ok: false; readonly reason: string };

const probeTimeoutMs = 3_000;

/** Asks once; a refused connection and a silent service are answers too. */
export async function probe(url: string, init: RequestInit = {}, timeoutMs = probeTimeoutMs): Promise<Probe> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    return { ok: true, status: response.status, text: await response.text() };
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
    if (name === 'TimeoutError') return { ok: false, reason: `no answer within ${timeoutMs} ms` };
    return { ok: false, reason: cause?.message || cause?.code || message };
  }
}

/** The parsed body of a 200, or undefined. */
export function bodyOf(answer: Probe): unknown {
  return answer.ok && answer.status === 200 ? jsonIn(answer.text) : undefined;
}

/** What a text of JSON holds, or undefined where it is none. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
