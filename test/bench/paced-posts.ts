/**
 * Single posts at a steady pace, whatever the answers do.
 *
 * Each post has a time at which it is due, and its acknowledgement is measured from that time: a service that stalls delays the posts
 * behind it, and their waiting counts (a loop that sent the next post after the answer to the last one would leave just that out).
 */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

/** Connections of all carriers together. A post that finds none free waits, and that time counts. */
const connectionsMax = 64;

export interface PacedPosts {
  readonly url: string;
  readonly secret: string;
  readonly perSecond: number;
  readonly count: number;
  /** The n-th event, from 0. */
  readonly eventOf: (n: number) => object;
  /** Told of each answer: milliseconds on the clock of `performance`. */
  readonly onAnswer: (n: number, status: number, dueMs: number, answeredMs: number) => void;
}

/** Posts all and returns when all are answered. Rejects when a connection breaks: a benchmark of a failing service says nothing. */
export async function postAtPace(posts: PacedPosts): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: connectionsMax });
  const answers: Promise<void>[] = [];
  const startMs = performance.now();
  try {
    while (answers.length < posts.count) {
      const sinceMs = performance.now() - startMs;
      const due = Math.min(posts.count, Math.floor((sinceMs * posts.perSecond) / 1_000) + 1);
      for (let n = answers.length; n < due; n++) answers.push(postOne(posts, agent, n, startMs));
      await delay(1);
    }
    await Promise.all(answers);
  } finally {
    agent.destroy();
  }
}

async function postOne(posts: PacedPosts, agent: Agent, n: number, startMs: number): Promise<void> {
  const dueMs = startMs + (n * 1_000) / posts.perSecond;
  const status = await new Promise<number>((resolve, reject) => {
    const body = JSON.stringify(posts.eventOf(n));
    const headers = {
      authorization: `Bearer ${posts.secret}`,
      'content-type': 'application/cloudevents+json',
      'content-length': Buffer.byteLength(body),
    };
    const post = request(`${posts.url}/v1/events`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
      response.on('error', reject);
    });
    post.on('error', reject);
    post.end(body);
  });
  posts.onAnswer(n, status, dueMs, performance.now());
}
