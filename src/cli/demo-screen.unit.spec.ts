import { PassThrough } from 'node:stream';
import { createScreen, type DemoState, plainLine, screenLines } from './demo-screen';

const state: DemoState = {
  metrics: {
    currency: 'EUR',
    orders: 12_345,
    gross: '1234567.80',
    net: '1200000.00',
    anomalies: 3,
    lag: { events: 2, seconds: 0.04 },
    byCategory: [
      { category: 'Books', net: '100.00', orders: 4 },
      { category: 'Electronics', net: '900.50', orders: 2 },
      { category: 'Garden', net: '-5.00', orders: 0 },
    ],
  },
  requests: { accepted: 80, failed: 0, p50: 2.5, p99: 9 },
};

describe('the screen of the demo', () => {
  it('shows the numbers, and the categories from the top', () => {
    const lines = screenLines(state);
    expect(lines[0]).toBe('  orders 12,345, anomalies among them 3');
    expect(lines[1]).toBe('  gross 1,234,567.80 EUR, net 1,200,000.00 EUR');
    const categories = lines.slice(3, 6);
    expect(categories.map((line) => line.trim().split(' ')[0])).toEqual(['Electronics', 'Books', 'Garden']);
    expect(categories[0]).toMatch(/#{24} {2}900\.50 EUR$/);
    expect(categories[2]).not.toContain('#');
  });

  it('fits 80 columns', () => {
    expect(Math.max(...screenLines(state).map((line) => line.length))).toBeLessThan(80);
  });

  it('of an empty shop is well-formed', () => {
    const metrics = { ...state.metrics, currency: null, byCategory: [] };
    expect(screenLines({ metrics, requests: undefined }).join('\n')).not.toMatch(/undefined|NaN/);
    expect(plainLine({ metrics, requests: undefined })).not.toMatch(/undefined|NaN/);
  });

  it('is written in place on a terminal, within its width', () => {
    const terminal = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY: true, columns: 30 });
    const screen = createScreen(terminal);
    screen.show(state);
    const first = String(terminal.read());
    screen.show(state);
    const second = String(terminal.read());
    const height = first.split('\n').length - 1;
    expect(second.startsWith(`\x1b[${height}A`)).toBe(true);
    for (const line of first.split('\n'))
      expect(line.replace('\x1b[2K', '').replace('\x1b[J', '').length).toBeLessThan(30);
  });

  it('is a line now and then elsewhere', () => {
    const file = new PassThrough({ encoding: 'utf8' });
    const screen = createScreen(file);
    screen.show(state);
    screen.show(state);
    expect(String(file.read())).toBe(`${plainLine(state)}\n`);
  });
});
