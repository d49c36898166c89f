import { topicOf } from './topics';

test.each([
  ['order-1', 'orders'],
  ['creditnote-1', 'orders'],
  ['session-1', 'activity'],
  ['product-1', 'catalogue'],
  ['customer-1', 'catalogue'],
  ['store', 'catalogue'],
  ['something-else', 'catalogue'],
])('stream %s goes to topic %s', (stream, topic) => {
  expect(topicOf(stream)).toBe(topic);
});
