import { formatTable } from './output';

test('columns are aligned, numbers to the right, and nothing is a dash', () => {
  const table = formatTable([
    { name: 'orders', events: 1_234_567, lag: null },
    { name: 'rfm', events: 8n, lag: 0.5 },
  ]);
  expect(table.split('\n')).toEqual([
    'name       events  lag', //
    'orders  1,234,567    -',
    'rfm             8  0.5',
    '',
  ]);
});

test('no rows print nothing', () => {
  expect(formatTable([])).toBe('');
});
