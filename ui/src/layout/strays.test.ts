import { expect, test } from 'vitest';
import { refuseStrays } from './strays';

refuseStrays(window);

function drag(name: string, types: string[], taken = false) {
  const dataTransfer = { types, dropEffect: 'copy' };
  const event = Object.assign(new Event(name, { bubbles: true, cancelable: true }), { dataTransfer });
  if (taken) event.preventDefault();
  document.body.dispatchEvent(event);
  return { event, dataTransfer };
}

test('files that are dropped where nothing takes them do not replace the page', () => {
  for (const name of ['dragover', 'drop']) {
    const { event, dataTransfer } = drag(name, ['Files']);
    expect(event.defaultPrevented).toBe(true);
    expect(dataTransfer.dropEffect).toBe('none');
  }
});

test('words are still dropped where one writes, and what is taken stays so', () => {
  expect(drag('drop', ['text/plain']).event.defaultPrevented).toBe(false);
  expect(drag('dragover', ['Files'], true).dataTransfer.dropEffect).toBe('copy');
});
