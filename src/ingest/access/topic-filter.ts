/** Tells whether a topic filter covers a topic, or another filter as a whole. [MQTT-4.7.1] */
export function filterCovers(filter: string, topic: string): boolean {
  const wanted = filter.split('/');
  const levels = topic.split('/');
  // Wildcards at the first level do not cover what the broker has for itself. [MQTT-4.7.2-1]
  if (topic.startsWith('$') && /^[+#]/.test(filter)) return false;
  for (const [at, level] of wanted.entries()) {
    if (level === '#') return true;
    const own = levels[at];
    if (own === undefined || own === '#') return false;
    if (level !== '+' && level !== own) return false;
  }
  return wanted.length === levels.length;
}

/** Tells whether the text is a topic filter: a wildcard takes a level, `#` the last one. [MQTT-4.7.1-2] [MQTT-4.7.1-3] */
export function isTopicFilter(text: string): boolean {
  const levels = text.split('/');
  return (
    text !== '' &&
    !text.includes('\0') &&
    levels.every((level, at) => {
      if (level === '#') return at === levels.length - 1;
      return level === '+' || !/[+#]/.test(level);
    })
  );
}
