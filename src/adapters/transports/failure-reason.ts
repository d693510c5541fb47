/**
 * Why a receiver was not reached, for people. For what is most common in the words of the reference implementation, which
 * clients show.
 */
export function failureReason(error: unknown): string {
  const { code, message } = deepest(error);
  switch (code) {
    case 'ECONNREFUSED':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return "Couldn't connect to server";
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return "Couldn't resolve host name";
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return 'Timeout was reached';
    default:
      return code === undefined ? message : `${message} (${code})`;
  }
}

interface Failure {
  readonly code: string | undefined;
  readonly message: string;
}

/** Of several attempts the first that failed; of an error and its cause the cause. */
function deepest(error: unknown): Failure {
  if (error instanceof AggregateError && error.errors.length > 0) return deepest(error.errors[0]);
  if (!(error instanceof Error)) return { code: undefined, message: String(error) };
  if (error.cause instanceof Error) return deepest(error.cause);
  const { code } = error as NodeJS.ErrnoException;
  return { code: typeof code === 'string' ? code : undefined, message: error.message };
}
