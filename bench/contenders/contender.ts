import type { ServerProcess } from './server-process.ts';

/** Something that answers the requests of a workload. */
export interface Contender {
  readonly name: string;
  /** `limit`: what could at best be reached; `target`: a broker that was started by somebody else. */
  readonly role: 'oriel' | 'target' | 'limit';
  readonly url: string;
  /** What every request carries, such as the tenant. */
  readonly headers: Readonly<Record<string, string>>;
  /** Absent: the process is not ours, and what it uses is not known. */
  readonly process?: ServerProcess;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface BenchRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request outside of any measurement. */
export async function send(contender: Contender, request: BenchRequest): Promise<Answer> {
  const response = await fetch(contender.url + request.path, {
    method: request.method,
    headers: { ...contender.headers, ...request.headers },
    ...(request.body !== undefined && { body: request.body }),
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? '',
    body: await response.text(),
  };
}
