/** The text is no expression that we evaluate. The message says why, for the client. */
export class ExpressionError extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'ExpressionError';
  }
}
