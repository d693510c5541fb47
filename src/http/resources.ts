import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route is beyond NGSIv2: only OPTIONS tells of it. */
    readonly extension?: boolean;
  }
}

/** What a path takes. */
export interface Resource {
  /** All methods, in the order in which the reference implementation writes them. */
  readonly methods: readonly string[];
  /** Those of NGSIv2, for `Allow` where another method was used: clients compare it. [V2 405] */
  readonly standard: readonly string[];
}

export interface Resources {
  /** Undefined: there is no such path. */
  resourceAt(path: string): Resource | undefined;
}

const methodOrder = ['GET', 'PATCH', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'];

/** The one list that the reference implementation writes the other way round. */
const reordered: ReadonlyMap<string, readonly string[]> = new Map([['GET, POST', ['POST', 'GET']]]);

/**
 * Notes the routes that are registered from now on.
 *
 * `cors`: pages of another origin may call; without that, OPTIONS is no method of NGSIv2.
 */
export function watchResources(app: FastifyInstance, cors: boolean): Resources {
  const allByUrl = new Map<string, Set<string>>();
  const standardByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method, config }) => {
    if (url.includes('*')) return;
    const all = allByUrl.get(url) ?? new Set(['OPTIONS']);
    const standard = standardByUrl.get(url) ?? new Set();
    for (const one of [method].flat()) {
      all.add(one);
      if (one !== 'HEAD' && config?.extension !== true) standard.add(one);
    }
    allByUrl.set(url, all);
    standardByUrl.set(url, standard);
  });
  return {
    resourceAt(path) {
      const segments = segmentsOf(path);
      for (const [url, all] of allByUrl) {
        if (!fits(segmentsOf(url), segments)) continue;
        const standard = inOrder(standardByUrl.get(url) ?? new Set());
        const written = reordered.get(standard.join(', ')) ?? standard;
        const options = cors && url.startsWith('/v2') ? ['OPTIONS'] : [];
        return { methods: inOrder(all), standard: [...written, ...options] };
      }
      return undefined;
    },
  };
}

function inOrder(methods: ReadonlySet<string>): readonly string[] {
  return methodOrder.filter((method) => methods.has(method));
}

/** Slashes at the end and slashes in a row mean nothing, as in the router. */
function segmentsOf(path: string): readonly string[] {
  return path.split('/').filter((segment) => segment !== '');
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, place) => part.startsWith(':') || part === segments[place])
  );
}
