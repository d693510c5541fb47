import { describe, expect, test } from 'vitest';
import { parseServicePath, parseTenant } from '../../../src/dialects/ngsiv2/request-headers.ts';
import { complaintOf } from './refusal-of.ts';

describe('the tenant [V2 multi tenancy]', () => {
  test('is folded to lower case; without a header it is the default one', () => {
    expect(parseTenant('My_City1')).toBe('my_city1');
    expect(parseTenant(undefined)).toBe('');
    expect(parseTenant('')).toBe('');
  });

  test('has only letters, digits and underscores, at most 50', () => {
    expect(complaintOf(() => parseTenant('a-b'))).toBe(
      'bad character in tenant name - only underscore and alphanumeric characters are allowed',
    );
    expect(parseTenant('a'.repeat(50))).toHaveLength(50);
    expect(complaintOf(() => parseTenant('a'.repeat(51)))).toBe(
      'bad length - a tenant name can be max 50 characters long',
    );
  });
});

describe('the service path of a query [V2 service path]', () => {
  test('without a header, or an empty one, is everything', () => {
    const everything = { scopes: [{ path: '/', subtree: true }], scope: undefined };
    expect(parseServicePath(undefined, 'query')).toEqual(everything);
    expect(parseServicePath('', 'query')).toEqual(everything);
    expect(parseServicePath('/#', 'query')).toEqual(everything);
  });

  test('may name a path, a subtree, or several; trailing slashes and spaces do not count', () => {
    expect(parseServicePath('/Madrid//', 'query')).toEqual({
      scopes: [{ path: '/Madrid', subtree: false }],
      scope: '/Madrid',
    });
    expect(parseServicePath('/', 'query')).toEqual({ scopes: [{ path: '/', subtree: false }], scope: '/' });
    expect(parseServicePath('/Madrid/Gardens/#, /Other', 'query')).toEqual({
      scopes: [
        { path: '/Madrid/Gardens', subtree: true },
        { path: '/Other', subtree: false },
      ],
      scope: undefined,
    });
  });
});

describe('the service path of a write [V2 service path]', () => {
  test.each(['create', 'update'] as const)('to %s is one path, the root without a header', (purpose) => {
    expect(parseServicePath(undefined, purpose)).toEqual({ scopes: [{ path: '/', subtree: false }], scope: '/' });
    expect(parseServicePath('/a/b', purpose)).toEqual({ scopes: [{ path: '/a/b', subtree: false }], scope: '/a/b' });
    expect(complaintOf(() => parseServicePath('/a,/b', purpose))).toBe(
      'more than one service path in context update request',
    );
    expect(complaintOf(() => parseServicePath('/a/#', purpose))).toBe(
      'a component of ServicePath contains an illegal character',
    );
  });
});

test.each([
  ['a', 'Only /absolute/ Service Paths allowed [a service path must begin with /]'],
  ['/a, b', 'Only /absolute/ Service Paths allowed [a service path must begin with /]'],
  ['/a-b', 'a component of ServicePath contains an illegal character'],
  ['/#/a', 'a component of ServicePath contains an illegal character'],
  ['/a#', 'a component of ServicePath contains an illegal character'],
  [`/${'a'.repeat(51)}`, 'component-name too long in ServicePath'],
  ['/a'.repeat(11), 'too many components in ServicePath'],
  [Array(11).fill('/a').join(), 'too many service paths - a maximum of ten service paths is allowed'],
])('the path %s is refused: %s [V2 service path]', (header, complaint) => {
  expect(complaintOf(() => parseServicePath(header, 'query'))).toBe(complaint);
});
