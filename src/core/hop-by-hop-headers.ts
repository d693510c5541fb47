/** Headers, in lower case, that are about one connection and no part of what is sent over it. [RFC 9110 7.6.1] */
export const hopByHopHeaders: ReadonlySet<string> = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
