/** What CKAN calls what went wrong; clients tell errors apart by it. */
export type CkanErrorType =
  | 'Not Found Error'
  | 'Validation Error'
  | 'Authorization Error'
  | 'Search Query Error'
  | 'Search Error';

/** A call of the action API that failed, as CKAN says it. */
export class CkanError extends Error {
  readonly type: CkanErrorType;
  /** Of a validation error: what is wrong, by parameter. */
  readonly fields: Readonly<Record<string, readonly string[]>>;

  constructor(type: CkanErrorType, message: string, fields: Readonly<Record<string, readonly string[]>> = {}) {
    super(message);
    this.name = 'CkanError';
    this.type = type;
    this.fields = fields;
  }

  get status(): number {
    return statuses[this.type];
  }
}

const statuses: Readonly<Record<CkanErrorType, number>> = {
  'Not Found Error': 404,
  'Validation Error': 409,
  'Authorization Error': 403,
  'Search Query Error': 400,
  'Search Error': 409,
};

export function notFound(message = 'Not found'): CkanError {
  return new CkanError('Not Found Error', message);
}

/** A parameter that is wrong. */
export function invalid(parameter: string, problem: string): CkanError {
  return new CkanError('Validation Error', `${parameter}: ${problem}`, { [parameter]: [problem] });
}
