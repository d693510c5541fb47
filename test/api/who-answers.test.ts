import { describe, expect, it, onTestFinished } from 'vitest';
import { readRoutes } from '../../src/http/who-answers.ts';
import { anApi } from './api-under-test.ts';

describe('Reads that a replica answers', () => {
  it('are routes that there are', async () => {
    const api = await anApi();
    onTestFinished(() => api.close());
    for (const route of readRoutes) {
      const [method = '', url = ''] = route.split(' ');
      expect(api.app.hasRoute({ method: method as 'GET', url }), route).toBe(true);
    }
  });
});
