import { given, NOW } from '../../../test/support/given-when-then';
import type { Occurred } from '../decider';
import { decideChangeProductPrice } from './decide-change-product-price';
import { decideListProduct } from './decide-list-product';
import { decideRecategoriseProduct } from './decide-recategorise-product';
import { evolveProduct } from './product-state';

const product = { productId: 'P1', name: 'Mug', category: 'Kitchen', price: '4.50', currency: 'EUR' };
const listed: Occurred = { type: 'ProductListed', occurredAt: NOW, data: product };
const pricing = (fields: { price: string; currency?: string; occurredAt?: number }, ...more: Occurred[]) =>
  given(evolveProduct, listed, ...more).when(decideChangeProductPrice, { productId: 'P1', ...fields });
const moving = (category: string, ...more: Occurred[]) =>
  given(evolveProduct, listed, ...more).when(decideRecategoriseProduct, { productId: 'P1', category });

const unchanged: Occurred = { type: 'ProductUnchanged', occurredAt: NOW, data: { productId: 'P1' } };

describe('listing a product', () => {
  it('keeps what is given, once', () => {
    given(evolveProduct).when(decideListProduct, product).thenEvents(listed);
    given(evolveProduct, listed)
      .when(decideListProduct, product)
      .thenRefused('ALREADY_EXISTS', ['productId']);
  });

  it('is refused at a negative price', () => {
    given(evolveProduct)
      .when(decideListProduct, { ...product, price: '-0.01' })
      .thenRefused('INVALID_INPUT', ['price']);
  });
});

describe('changing a price', () => {
  const cheaper: Occurred = {
    type: 'ProductPriceChanged',
    occurredAt: NOW,
    data: { productId: 'P1', price: '4.25', previousPrice: '4.50', currency: 'EUR' },
  };

  it('says what it was and what it is', () => {
    pricing({ price: '4.25', currency: 'EUR' }).thenEvents(cheaper);
    pricing({ price: '4.2' }, cheaper).thenEvents({
      ...cheaper,
      data: { productId: 'P1', price: '4.20', previousPrice: '4.25', currency: 'EUR' },
    } as Occurred);
  });

  it('is nothing when the price is that already', () => {
    pricing({ price: '4.5' }).thenEvents(unchanged);
    pricing({ price: '4.25' }, cheaper, unchanged).thenEvents(unchanged);
  });

  it('is refused in another currency, and where there is no such price or product', () => {
    pricing({ price: '4.25', currency: 'USD' }).thenRefused('CURRENCY_MISMATCH', ['currency'], {
      expected: 'EUR',
      actual: 'USD',
    });
    pricing({ price: '-1' }).thenRefused('INVALID_INPUT', ['price']);
    pricing({ price: '0.00001' }).thenRefused('INVALID_INPUT', ['price']);
    pricing({ price: '4.25', occurredAt: -1 }).thenRefused('INVALID_INPUT', ['occurredAt']);
    given(evolveProduct)
      .when(decideChangeProductPrice, { productId: 'P1', price: '1' })
      .thenRefused('NOT_FOUND', ['productId']);
  });
});

describe('recategorising a product', () => {
  const moved: Occurred = {
    type: 'ProductRecategorised',
    occurredAt: NOW,
    data: { productId: 'P1', category: 'Gifts', previousCategory: 'Kitchen' },
  };

  it('says where it was and where it is', () => {
    moving('Gifts').thenEvents(moved);
    moving('Gifts', moved).thenEvents(unchanged);
    moving('Kitchen', unchanged).thenEvents(unchanged);
  });

  it('that is dated back leaves what came later, and is held against what was true then', () => {
    const earlier = { ...moved, occurredAt: NOW - 10 };
    given(evolveProduct, { ...listed, occurredAt: NOW - 100 }, moved)
      .when(decideRecategoriseProduct, { productId: 'P1', category: 'Gifts', occurredAt: NOW - 10 })
      .thenEvents(earlier);
    const toys = { ...moved, data: { ...moved.data, category: 'Toys' }, occurredAt: NOW - 10 } as Occurred;
    moving('Gifts', moved, toys).thenEvents(unchanged);
    moving('Toys', moved, toys).thenEvents({
      ...moved,
      data: { productId: 'P1', category: 'Toys', previousCategory: 'Gifts' },
    } as Occurred);
  });

  it('of now replaces what another clock dated a little ahead', () => {
    const ahead = { ...moved, occurredAt: NOW + 1_000 } as Occurred;
    moving('Toys', ahead).thenEvents({
      ...ahead,
      data: { productId: 'P1', category: 'Toys', previousCategory: 'Gifts' },
    } as Occurred);
  });

  it('is refused for no product', () => {
    given(evolveProduct)
      .when(decideRecategoriseProduct, { productId: 'P1', category: 'Gifts' })
      .thenRefused('NOT_FOUND', ['productId']);
  });
});
