import type { DAVRequest } from 'tsdav';

const NAMESPACES = {
  'xmlns:d': 'DAV:',
  'xmlns:c': 'urn:ietf:params:xml:ns:caldav',
  'xmlns:cs': 'http://calendarserver.org/ns/',
};

/** Asks for properties of a resource, or (with depth 1) of what is in a collection too. Names bear the prefix d, c or cs. */
export function propfind(depth: '0' | '1', properties: readonly string[]): DAVRequest {
  return {
    method: 'PROPFIND',
    namespace: 'd',
    headers: { depth },
    body: { propfind: { _attributes: NAMESPACES, prop: empty(properties) } },
  };
}

/** Asks what changed since a token (RFC 6578); an empty one asks for all there is. */
export function syncCollection(token: string): DAVRequest {
  return {
    method: 'REPORT',
    namespace: 'd',
    body: {
      'sync-collection': {
        _attributes: NAMESPACES,
        'sync-token': token,
        'sync-level': '1',
        prop: empty(['d:getetag']),
      },
    },
  };
}

/** Asks for events by their paths (RFC 4791, 7.9). */
export function calendarMultiget(paths: readonly string[]): DAVRequest {
  return {
    method: 'REPORT',
    namespace: 'c',
    headers: { depth: '1' },
    body: {
      'calendar-multiget': {
        _attributes: NAMESPACES,
        'd:prop': empty(['d:getetag', 'c:calendar-data']),
        'd:href': paths,
      },
    },
  };
}

/** Asks which event has a UID (RFC 4791, 7.8.6). */
export function eventsOfUid(uid: string): DAVRequest {
  const uidFilter = {
    _attributes: { name: 'UID' },
    'text-match': { _attributes: { collation: 'i;octet' }, _text: uid },
  };
  return {
    method: 'REPORT',
    namespace: 'c',
    headers: { depth: '1' },
    body: {
      'calendar-query': {
        _attributes: NAMESPACES,
        'd:prop': empty(['d:getetag']),
        filter: {
          'comp-filter': {
            _attributes: { name: 'VCALENDAR' },
            'comp-filter': { _attributes: { name: 'VEVENT' }, 'prop-filter': uidFilter },
          },
        },
      },
    },
  };
}

function empty(properties: readonly string[]): Record<string, object> {
  return Object.fromEntries(properties.map((name) => [name, {}]));
}
