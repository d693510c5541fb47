const streamPath = /^\/*v2\/+subscriptions\/+[^/?#]+\/+stream\/*(?:[?#]|$)/;

/** Tells whether a URL is that of the stream of a subscription. */
export function isStreamPath(url: string): boolean {
  return streamPath.test(url);
}
