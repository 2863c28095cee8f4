// @vitest-environment node
import { expect, test } from 'vitest';
import { segments } from './links';

const links = (text: string) => segments(text).flatMap((segment) => (segment.is === 'link' ? [segment] : []));

test('nothing of the text is lost', () => {
  for (const text of ['', 'plain', 'a https://x.org b', 'https://x.org', '(https://x.org/a_(b)).', 'https://'])
    expect(
      segments(text)
        .map((segment) => segment.text)
        .join(''),
    ).toBe(text);
});

test('what ends a sentence is not of the address', () => {
  const cases = [
    ['See https://x.org/a.', 'https://x.org/a'],
    ['(https://x.org/a_(b))', 'https://x.org/a_(b)'],
    ['“https://x.org/?q=1&r=2”!', 'https://x.org/?q=1&r=2'],
    ['HTTP://X.org', 'HTTP://X.org'],
  ];
  for (const [text, link] of cases) expect(links(text ?? '').map(({ text }) => text)).toEqual([link]);
});

test('an address is shown as what it is', () => {
  expect(links('https://аpple.com')[0]?.to).toBe('https://xn--pple-43d.com/');
  expect(links('https://bank.example@evil.example/x')[0]?.to).toContain('@evil.example');
  expect(links('javascript:alert(1) file:///etc/passwd ftp://x.org data:text/html,x')).toEqual([]);
  expect(links('https://exa mple')[0]?.to).toBe('https://exa/');
});
