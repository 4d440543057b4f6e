/**
 * Which methods an address takes, so that a wrong method is answered 405 with Allow instead of 404. Fastify's router answers only for one
 * method at a time, by its private find-my-way; these are the declared routes once more, compared part by part. It is asked only for
 * requests that match no route, and holds as many routes as the code declares.
 */
export class RouteTable {
  readonly #routes = new Map<string, { readonly parts: readonly string[]; readonly methods: Set<string> }>();

  /** @param path as declared: `:name` stands for one part, a last `*` for all that follow */
  add(methods: string | readonly string[], path: string): void {
    const route = this.#routes.get(path) ?? { parts: partsOf(path), methods: new Set() };
    this.#routes.set(path, route);
    for (const method of [methods].flat()) route.methods.add(method);
  }

  /** The methods that the path of `url` takes, sorted; none when there is nothing at it. */
  methodsAt(url: string): string[] {
    const parts = partsOf(url.split('?', 1)[0]!);
    const matching = [...this.#routes.values()].filter((route) => matches(route.parts, parts));
    return [...new Set(matching.flatMap(({ methods }) => [...methods]))].toSorted();
  }
}

function partsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function matches(declared: readonly string[], parts: readonly string[]): boolean {
  const open = declared.at(-1) === '*';
  if (open ? parts.length < declared.length : parts.length !== declared.length) return false;
  return declared.every((part, index) =>
    part === '*' && index === declared.length - 1
      ? true
      : part.startsWith(':')
        ? parts[index] !== ''
        : part === parts[index],
  );
}
