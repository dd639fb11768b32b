import { describe, expect, it } from '@jest/globals';
import { faultOfUrl } from './outgoing-url.js';

const fault = (url: string) => faultOfUrl(url, { allowPrivate: false });

describe('faultOfUrl', () => {
  it.each([
    'https://hooks.example.com',
    'https://hooks.example.com/a/b?c=d#e',
    'https://hooks.example.com:443/',
    'https://hooks.example.com:8443/',
    'HTTPS://HOOKS.EXAMPLE.COM/',
    'https://bücher.example/straße',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/',
  ])('finds nothing wrong with %s', (url) => {
    expect(fault(url)).toBeNull();
  });

  it.each([
    ['', 'Invalid URL'],
    ['hooks.example.com', 'Invalid URL'],
    ['https://', 'Invalid URL'],
    ['https://hooks.example.com:99999/', 'Invalid URL'],
    ['https://1.2.3.4.5/', 'Invalid URL'],
    ['https://[::1/', 'Invalid URL'],
    ['https://hooks.example.com/a b', 'Invalid URL'],
    ['https://hooks.exam\nple.com/', 'Invalid URL'],
    [' https://hooks.example.com/', 'Invalid URL'],
    ['https://hooks.example.com/\0', 'Invalid URL'],
    ['http://hooks.example.com/', 'Only https URLs can be used'],
    ['ftp://hooks.example.com/', 'Only https URLs can be used'],
    ['file:///etc/passwd', 'Only https URLs can be used'],
    ['javascript:alert(1)', 'Only https URLs can be used'],
    ['https://hooks.example.com:80/', 'Only ports 443 and 8443 can be used'],
    ['https://hooks.example.com:6379/', 'Only ports 443 and 8443 can be used'],
    ['https://hooks.example.com:0/', 'Only ports 443 and 8443 can be used'],
    ['https://user@hooks.example.com/', 'A URL with a user name or password cannot be used'],
    ['https://:secret@hooks.example.com/', 'A URL with a user name or password cannot be used'],
    ['https://hooks.example.com./', 'A host name that ends with a dot cannot be used'],
    ['https://redis/', 'The host has to be a full name, such as hooks.example.com'],
    ['https://localhost/', 'The address is private'],
    ['https://printer.local/', 'The address is private'],
    ['https://127.0.0.1/', 'The address is private'],
    [`https://hooks.example.com/${'a'.repeat(2_048)}`, 'The URL is longer than 2048 characters'],
  ])('says of %j: %s', (url, sentence) => {
    expect(fault(url)).toBe(sentence);
  });

  it('takes 2,048 characters', () => {
    expect(fault('https://hooks.example.com/'.padEnd(2_048, 'a'))).toBeNull();
  });

  it.each(['http://localhost:3000/', 'http://127.0.0.1:8080/hook', 'https://redis:6379/', 'http://[::1]/'])(
    'finds nothing wrong with %s where private addresses are allowed',
    (url) => {
      expect(faultOfUrl(url, { allowPrivate: true })).toBeNull();
    },
  );

  it.each([
    ['ftp://localhost/', 'Only https URLs can be used'],
    ['http://user:secret@localhost/', 'A URL with a user name or password cannot be used'],
  ])('says of %s even there: %s', (url, sentence) => {
    expect(faultOfUrl(url, { allowPrivate: true })).toBe(sentence);
  });
});
