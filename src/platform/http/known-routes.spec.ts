import { describe, expect, it } from '@jest/globals';
import { KnownRoutes } from './known-routes.js';

const routes = new KnownRoutes();
routes.add('/api/v1/contacts', ['GET', 'HEAD']);
routes.add('/api/v1/contacts', 'POST');
routes.add('/api/v1/contacts/:id', 'PATCH');
routes.add('/docs/*', 'GET');

describe('Known routes', () => {
  it.each([
    ['/api/v1/contacts', ['GET', 'HEAD', 'OPTIONS', 'POST']],
    ['/api/v1/contacts/anything', ['OPTIONS', 'PATCH']],
    ['/docs/a/b.css', ['GET', 'OPTIONS']],
  ])('tell what %s answers to', (path, methods) => {
    expect(routes.methodsOf(path)).toEqual(methods);
  });

  it.each(['/', '/api/v1/contacts/', '/api/v1/contacts/a/b', '/api/v1/contactsX', '/API/v1/contacts'])(
    'do not know %s',
    (path) => {
      expect(routes.methodsOf(path)).toEqual([]);
    },
  );

  it('are open to pages of other sites only where that was said', () => {
    routes.openToOtherSites('/api/v1/contacts');

    expect(routes.isOpenToOtherSites('/api/v1/contacts')).toBe(true);
    expect(routes.isOpenToOtherSites('/api/v1/contacts/anything')).toBe(false);
  });
});
