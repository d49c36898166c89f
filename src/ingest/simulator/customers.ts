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
const NEW_SHARE = 0.25;
/** A customer who lives near a border or travels: the order goes to another region of the country. */
const OTHER_REGION_SHARE = 0.04;
const REMEMBERED_ORDERS = 50_000;

/**
 * Who orders next. A customer who comes back is drawn from the orders so far, so that those who have ordered often order
 * more often still: a few loyal customers, and many that came once.
 */
export function customersOf(random: Random, idPrefix: string): () => Visit {
  const history: Known[] = [];
  let customers = 0;

  const newVisit = (): Visit & { place: Place } => {
    const place = at(PLACES, random.weighted(PLACES.map(({ weight }) => weight)));
    return { customer: null, isFirst: false, place, region: random.pick(place.regions) };
  };
  const remember = (visit: Known): Visit => {
    if (history.length < REMEMBERED_ORDERS) history.push(visit);
    else history[random.between(0, history.length - 1)] = visit;
    return visit;
  };

  return () => {
    if (random.chance(GUEST_SHARE)) return newVisit();
    if (history.length === 0 || random.chance(NEW_SHARE)) {
      customers++;
      const name = `${random.pick(GIVEN_NAMES)} ${random.pick(FAMILY_NAMES)}`;
      const id = `${idPrefix}-C${String(customers).padStart(5, '0')}`;
      const email = `${name.toLowerCase().replace(' ', '.')}.${customers}@example.com`;
      return remember({ ...newVisit(), customer: { id, name, email }, isFirst: true });
    }
    const known = random.pick(history);
    const region = random.chance(OTHER_REGION_SHARE) ? random.pick(known.place.regions) : known.region;
    remember({ ...known, isFirst: false });
    return { ...known, isFirst: false, region };
  };
}
