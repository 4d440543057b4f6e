/** Where the logistics events of a message are: alone, in a list, a graph or a collection, or with the object that they are about. */
import { LdNode, rootValue, type LdValue } from './linked-data.js';

/** An event, and the object that it was found with, which it is about where it names none. */
export interface FoundEvent {
  readonly node: LdNode;
  readonly owner: LdNode | undefined;
}

export interface Message {
  readonly events: readonly FoundEvent[];
  /** The node that a value is or refers to, as far as the message describes it. */
  describe(value: LdValue): LdNode;
}

const eventTypes: ReadonlySet<string> = new Set(['LogisticsEvent', 'StatusUpdateEvent']);
/** What holds nodes: lists and graphs, collections of the API, and the events of a logistics object. */
const holders = ['@graph', 'hasItem'] as const;

/** All events of a message, in its order. */
export function findEvents(value: unknown): Message {
  const events: FoundEvent[] = [];
  const described = new Map<string, LdNode>();
  const visit = (found: LdValue, owner: LdNode | undefined): void => {
    if (Array.isArray(found.value)) {
      for (const [index, item] of found.value.entries())
        visit({ value: item, path: `${found.path}[${index}]`, context: found.context }, owner);
      return;
    }
    const node = new LdNode(found);
    if (node.types.some((type) => eventTypes.has(type))) events.push({ node, owner });
    else if (node.id !== undefined && !node.isReference) described.set(node.id, node);
    for (const holder of holders) for (const inner of node.all(holder)) visit(inner, owner);
    for (const inner of node.all('events')) visit(inner, node);
  };
  visit(rootValue(value), undefined);
  return {
    events,
    describe(reference) {
      const node = typeof reference.value === 'string' ? undefined : new LdNode(reference);
      const id = node === undefined ? (reference.value as string) : node.id;
      if (node !== undefined && !node.isReference) return node;
      return (
        (id === undefined ? undefined : described.get(id)) ?? node ?? new LdNode({ ...reference, value: { '@id': id } })
      );
    },
  };
}
