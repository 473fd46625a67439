/** Media types whose bodies are streams: they have no end to wait for, and each piece counts when it comes. */

const STREAM =
  /^(?:text\/event-stream|application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|stream\+json|json-seq|grpc(?:[+-][\w.+-]+)?))[ \t]*(?:;|$)/i

export function isStreamType(contentType: string | undefined): boolean {
  return contentType !== undefined && STREAM.test(contentType)
}
