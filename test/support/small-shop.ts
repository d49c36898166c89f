import { type Json, startTestApi, type TestApi } from './api';
import { Shop } from './shop';

/** A shop with a history that specs know by heart. */
export interface SmallShop {
  api: TestApi;
  shop: Shop;
  /** As `api.ask`, of everything that the shop has written so far: give it as `$c`. */
  ask(query: string, variables?: object): Promise<Json>;
  /** of the last write */
  token(): string;
}

/**
 * o1 .. o12: on the first days of March 2024, by the customers c1 .. c6 in turns, for 10, 11, 9, 10 ... EUR.
 * In April: `huge`, of c1, for 5,000 EUR; `abroad`, for 20 USD at 0.5; `unconverted`, for 7 USD without a
 * rate; `cancelled`. On 1 May o1 comes back.
 */
export async function openSmallShop(): Promise<SmallShop> {
  const api = await startTestApi();
  const shop = new Shop(api);
  for (let i = 1; i <= 12; i++) {
    const at = `2024-03-${String(i).padStart(2, '0')}T12:00:00Z`;
    await shop.place(`o${i}`, { customerId: `c${((i - 1) % 6) + 1}`, price: `${9 + (i % 3)}.00`, at });
  }
  const april = (day: number) => `2024-04-0${day}T12:00:00Z`;
  await shop.place('huge', { customerId: 'c1', price: '5000.00', category: 'Boats', at: april(1) });
  await shop.place('abroad', { price: '20.00', currency: 'USD', exchangeRate: '0.5', at: april(2) });
  await shop.place('unconverted', { price: '7.00', currency: 'USD', at: april(3) });
  await shop.place('cancelled', { customerId: 'gone', price: '99.00', at: april(4) });
  await shop.cancel('cancelled', { at: april(5) });
  await shop.returnOne('o1', 'Books', { at: '2024-05-01T12:00:00Z', reason: 'late' });
  return {
    api,
    shop,
    ask: (query, variables = {}) => api.ask(query, { ...variables, c: { token: shop.token } }),
    token: () => shop.token,
  };
}
