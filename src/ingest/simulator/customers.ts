import { FAMILY_NAMES, GIVEN_NAMES, PLACES, type Place } from './places';
import { at, type Random } from './random';

export interface ShopCustomer {
  id: string;
  name: string;
  email: string;
}

export interface Visit {
  /** null for a guest */
  customer: ShopCustomer | null;
  isFirst: boolean;
  place: Place;
  region: string;
}

interface Known extends Visit {
  customer: ShopCustomer;
}

const GUEST_SHARE = 0.08;
/** The share of new customers in a shop that has been open for long. A new shop has new customers only. */
const NEW_SHARE = 0.25;
const ORDERS_UNTIL_KNOWN = 80;
/** The share of orders that go to another region of the customer's country. */
const OTHER_REGION_SHARE = 0.04;
const REMEMBERED_ORDERS = 50_000;

/**
 * Chooses who orders next. Half of the returning customers are drawn from all customers, and half from all
 * orders so far. Whoever has ordered often is then drawn more often: a few loyal customers, and many that
 * came once or twice.
 */
export function customersOf(random: Random, idPrefix: string): () => Visit {
  /** one entry per customer, and one per order */
  const everybody: Known[] = [];
  const history: Known[] = [];
  let orders = 0;

  const newVisit = (): Visit & { place: Place } => {
    const place = at(PLACES, random.weighted(PLACES.map(({ weight }) => weight)));
    return { customer: null, isFirst: false, place, region: random.pick(place.regions) };
  };
  const newCustomer = (): Known => {
    const number = everybody.length + 1;
    const name = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`;
    const id = `${idPrefix}-C${String(number).padStart(5, '0')}`;
    const email = `${name.toLowerCase().replace(' ', '.')}.${number}@example.com`;
    const known = { ...newVisit(), customer: { id, name, email } };
    everybody.push(known);
    return known;
  };
  const remember = (known: Known): void => {
    if (history.length < REMEMBERED_ORDERS) history.push(known);
    else history[random.between(0, history.length - 1)] = known;
  };

  return () => {
    orders++;
    if (random.chance(GUEST_SHARE)) return newVisit();
    const newShare = NEW_SHARE + ((1 - NEW_SHARE) * ORDERS_UNTIL_KNOWN) / (ORDERS_UNTIL_KNOWN + orders);
    if (everybody.length === 0 || random.chance(newShare)) {
      const known = newCustomer();
      remember(known);
      return { ...known, isFirst: true };
    }
    const known = random.pick(random.chance(0.5) ? everybody : history);
    remember(known);
    const region = random.chance(OTHER_REGION_SHARE) ? random.pick(known.place.regions) : known.region;
    return { ...known, region };
  };
}
